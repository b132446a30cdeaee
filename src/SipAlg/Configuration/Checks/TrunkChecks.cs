using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for peers that the gateway registers with, pings or reaches by way of a proxy.</summary>
internal static class TrunkChecks
{
    public static void Run(PeerOptions peer, ProblemList problems)
    {
        if (peer is { OutboundProxy: { } proxy, Address: null, Domain: null })
        {
            problems.Error(proxy.At, "'outbound_proxy' says where requests go, but not to whom", "give the peer an address or a domain");
        }

        if (peer is { Register.Aor: { } aor, Address: null, OutboundProxy: null })
        {
            problems.Error(aor.At, "a peer without address cannot be registered with", "give it an address or an outbound_proxy");
        }

        if (peer is { Ping: { Value: not null } ping, Address: null, OutboundProxy: null })
        {
            problems.Error(ping.At, "a peer without address cannot be pinged", "give it an address");
        }

        if (peer is { Register: { Aor: not null, ContactUser: null }, CalledFrom: { Value: CalledSource.RequestUri } called })
        {
            problems.Warn(called.At, "calls to the registered contact have a Request-URI that nobody can route by, since no 'contact_user' is written",
                "leave called_from out: then To or P-Called-Party-ID says who is called");
        }
    }

    /// <summary>One contact leads to one peer.</summary>
    public static void Distinct(IReadOnlyList<Named<PeerOptions>> peers, ProblemList problems)
    {
        var twice = peers.Where(peer => peer.Value is { Realm: not null, Register.ContactUser: not null })
            .GroupBy(peer => (peer.Value.Realm!.Value, peer.Value.Register!.ContactUser!.Value)).SelectMany(alike => alike.Skip(1).Select(peer => (peer, first: alike.First())));
        foreach (var (peer, first) in twice)
        {
            problems.Error(peer.Value.Register!.ContactUser!.At, $"peers '{first.Name}' and '{peer.Name}' register the same contact_user", "give them different ones");
        }
    }
}
