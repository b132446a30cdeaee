using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>The realms, peers and users that a configuration has, for references to them.</summary>
internal sealed class NameTable(GatewayOptions options, IReadOnlyList<Named<UserOptions>> users, ProblemList problems)
{
    public void Realm(Located<string>? name) => Check(name, "realm", options.Realms.Select(realm => realm.Name));

    public void Peer(Located<string>? name) => Check(name, "peer", options.Peers.Select(peer => peer.Name));

    public void User(Located<string>? name) => Check(name, "user", users.Select(user => user.Name));

    public PeerOptions? FindPeer(string name) => options.Peers.FirstOrDefault(peer => peer.Name == name)?.Value;

    public bool HasOneRealm => options.Realms.Count == 1;

    private void Check(Located<string>? name, string kind, IEnumerable<string> known)
    {
        if (name is not null && !known.Contains(name.Value))
        {
            problems.Error(name.At, $"there is no {kind} '{name.Value}'", Suggestion.Hint(name.Value, known) ?? $"write it under {kind}s");
        }
    }
}
