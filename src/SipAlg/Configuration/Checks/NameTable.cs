using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>The realms, peers and users that a configuration has, for references to them.</summary>
internal sealed class NameTable(GatewayOptions options, IReadOnlyList<Named<UserOptions>> users, ProblemList problems)
{
    public void Realm(Located<string>? name) => Check(name, "realm", options.Realms.Select(realm => realm.Name));

    public void Peer(Located<string>? name) => Check(name, "peer", options.Peers.Select(peer => peer.Name));

    public void Table(Located<string>? name) => Check(name, "table", options.Tables.Select(table => table.Name));

    public void User(Located<string>? name) => Check(name, "user", users.Select(user => user.Name));

    /// <summary>What a target rings: by name, number or alias. One with captures is known when somebody calls.</summary>
    public void Registered(Located<Template>? called)
    {
        if (called is not { Value.Literal: { } name } || users.Any(user => IsMeant(user, name)))
        {
            return;
        }

        var known = users.SelectMany(user => user.Value.Numbers.Concat(user.Value.Aliases).Select(other => other.Value).Prepend(user.Name));
        problems.Error(called.At, $"there is no user '{name}'", Suggestion.Hint(name, known) ?? "write it under users, or as a number or alias of one");
    }

    private static bool IsMeant(Named<UserOptions> user, string name) =>
        user.Name == name || user.Value.Aliases.Any(alias => alias.Value == name) ||
        user.Value.Numbers.Any(number => number.Value == name || (number.Value.EndsWith('*') && name.StartsWith(number.Value[..^1], StringComparison.Ordinal)));

    public PeerOptions? FindPeer(string name) => options.Peers.FirstOrDefault(peer => peer.Name == name)?.Value;

    public bool HasDomain => options.Realms.Any(realm => realm.Value.Domain is not null);

    public bool HasOneRealm => options.Realms.Count == 1;

    private void Check(Located<string>? name, string kind, IEnumerable<string> known)
    {
        if (name is not null && !known.Contains(name.Value))
        {
            problems.Error(name.At, $"there is no {kind} '{name.Value}'", Suggestion.Hint(name.Value, known) ?? $"write it under {kind}s");
        }
    }
}
