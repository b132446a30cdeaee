using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for the targets of a route.</summary>
internal static class TargetChecks
{
    public static void Run(IReadOnlyList<Located<TargetOptions>> targets, NameTable names, ProblemList problems)
    {
        foreach (var target in targets)
        {
            if (target.IsSound)
            {
                OneKind(target.Value, problems);
            }

            names.Peer(target.Value.Peer);
            names.Realm(target.Value.Realm);
            names.Registered(target.Value.Registered);
            Callable(target.Value.Peer, names, problems);
            Uri(target.Value, names, problems);
        }

        Priorities(targets, problems);
    }

    private static void OneKind(TargetOptions target, ProblemList problems)
    {
        var kinds = new object?[] { target.Peer, target.Uri, target.Service, target.Registered }.Count(kind => kind is not null);
        if (kinds != 1)
        {
            problems.Error(target.At, kinds == 0 ? "a target needs 'peer', 'registered', 'uri' or 'service'" : "a target is one of 'peer', 'registered', 'uri' and 'service'");
        }
    }

    private static void Callable(Located<string>? peer, NameTable names, ProblemList problems)
    {
        if (peer is not null && names.FindPeer(peer.Value) is { Address: null, AcceptFrom: not null })
        {
            problems.Error(peer.At, $"peer '{peer.Value}' has no address: it only calls in", "give it an address");
        }
    }

    private static void Uri(TargetOptions target, NameTable names, ProblemList problems)
    {
        if (target.Uri is null && target.Realm is not null)
        {
            problems.Error(target.Realm.At, "'realm' belongs to a 'uri'", "a peer has a realm of its own");
        }

        if (target.Uri is { } uri && target.Realm is null && !names.HasOneRealm)
        {
            problems.Error(uri.At, "this uri needs a 'realm' to leave by", "write { uri: …, realm: … }");
        }

        if (target.Uri is { Value.Literal: { } literal } && SipAddresses.Parse(literal) is { Fault: { } fault, Hint: var hint })
        {
            problems.Error(target.Uri.At, $"'uri': '{literal}' {fault}", hint);
        }
    }

    private static void Priorities(IReadOnlyList<Located<TargetOptions>> targets, ProblemList problems)
    {
        var isPrioritised = targets.Any(target => target.Value.Priority is not null);
        foreach (var target in targets.Where(target => target.Value.Priority is null))
        {
            if (isPrioritised)
            {
                problems.Error(target.Value.At, "this target has no 'priority' while others have one", "write one for each, or for none");
            }
            else if (target.Value.Weight is { } weight)
            {
                problems.Error(weight.At, "'weight' needs a 'priority': targets without one are tried as written", "write priority: 1 for each target that shares the load");
            }
        }
    }
}
