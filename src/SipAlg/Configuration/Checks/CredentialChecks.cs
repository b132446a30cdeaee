using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for the credentials of a peer.</summary>
internal static class CredentialChecks
{
    public static void Run(PeerOptions peer, ProblemList problems)
    {
        foreach (var twice in peer.Credentials.Where(entry => entry.IsSound).GroupBy(entry => entry.Value.Realm?.Value).SelectMany(realm => realm.Skip(1)))
        {
            problems.Error(twice.At, twice.Value.Realm is { } realm ? $"'credentials' has the realm '{realm.Value}' twice" : "'credentials' has two for any realm", "write one for each realm");
        }
    }
}
