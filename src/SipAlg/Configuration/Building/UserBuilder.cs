using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Digest;

namespace SipAlg.Configuration.Building;

/// <summary>Turns the options of users, and of the domains that they authenticate in, into their models.</summary>
/// <param name="users">In the order of their indexes.</param>
/// <param name="algorithms">Of the challenges of any realm.</param>
internal sealed class UserBuilder(IReadOnlyList<Named<UserOptions>> users, IEnumerable<DigestAlgorithm> algorithms)
{
    private readonly DigestAlgorithm[] _algorithms = [.. algorithms.Distinct()];
    private readonly Dictionary<string, ImmutableArray<DigestSecrets>> _secrets = new(StringComparer.Ordinal);

    public UserTable Table { get; } = new([.. users.Select(User)]);

    /// <summary>How users authenticate in a realm; null in one without a domain.</summary>
    public AuthenticationDomain? Domain(RealmOptions realm)
    {
        if (realm.Domain?.Value is not { } domain)
        {
            return null;
        }

        if (!_secrets.TryGetValue(domain, out var secrets))
        {
            _secrets[domain] = secrets = [.. users.Select(user => Secrets(user, domain))];
        }

        return new AuthenticationDomain(domain, [.. Algorithms(realm)], Table, secrets);
    }

    /// <summary>Of a realm's challenges.</summary>
    public static IEnumerable<DigestAlgorithm> Algorithms(RealmOptions realm) =>
        realm.Digest.Count == 0 ? [DigestAlgorithm.Md5] : realm.Digest.Select(algorithm => algorithm.Value);

    private DigestSecrets Secrets(Named<UserOptions> user, string domain) => user.Value.Password is { } password
        ? DigestSecrets.OfPassword(user.Name, domain, password.Value.Reveal(), _algorithms)
        : DigestSecrets.OfHashes(user.Value.PasswordHash!.Value.Md5?.Value.Reveal(), user.Value.PasswordHash.Value.Sha256?.Value.Reveal());

    private static User User(Named<UserOptions> user, int index) => new()
    {
        Index = index,
        Name = user.Name,
        Numbers = [.. user.Value.Numbers.Select(number => number.Value)],
        Aliases = [.. user.Value.Aliases.Select(alias => alias.Value)],
        MaxContacts = user.Value.MaxContacts?.Value ?? Calls.Model.User.UsualContacts,
        IsTrusted = user.Value.Trusted?.Value ?? false,
    };
}
