using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Digest;

namespace SipAlg.Configuration.Building;

/// <summary>Turns the options of users, and of the domains that they authenticate in, into their models.</summary>
internal sealed class UserBuilder
{
    private readonly IReadOnlyList<Named<UserOptions>> _users;
    private readonly DigestAlgorithm[] _algorithms;
    private readonly Places _places;
    private readonly Dictionary<string, ImmutableArray<DigestSecrets>> _secrets = new(StringComparer.Ordinal);


    /// <param name="users">As written.</param>
    /// <param name="algorithms">Of the challenges of any realm.</param>
    /// <param name="before">The users before, who keep their indexes.</param>
    /// <param name="fraud">Builds their limits.</param>
    public UserBuilder(IReadOnlyList<Named<UserOptions>> users, IEnumerable<DigestAlgorithm> algorithms, UserTable before, FraudBuilder fraud)
    {
        (_users, _algorithms) = (users, [.. algorithms.Distinct()]);
        _places = new Places(before.Users.Select(user => user.Name), users.Select(user => user.Name));
        Table = new UserTable(_places.Arrange(before.Users, users.Select((user, rank) => User(user, _places[rank], fraud)), gone => gone with { IsRemoved = true }));
    }

    public UserTable Table { get; }

    /// <summary>How users authenticate in a realm; null in one without a domain.</summary>
    public AuthenticationDomain? Domain(RealmOptions realm)
    {
        if (realm.Domain?.Value is not { } domain)
        {
            return null;
        }

        if (!_secrets.TryGetValue(domain, out var secrets))
        {
            _secrets[domain] = secrets = Secrets(domain);
        }

        return new AuthenticationDomain(domain, [.. Algorithms(realm)], Table, secrets);
    }

    /// <summary>Of a realm's challenges.</summary>
    public static IEnumerable<DigestAlgorithm> Algorithms(RealmOptions realm) =>
        realm.Digest.Count == 0 ? [DigestAlgorithm.Md5] : realm.Digest.Select(algorithm => algorithm.Value);

    /// <summary>On all CPUs: nothing else is done at a start, or a reload, that takes as long.</summary>
    private ImmutableArray<DigestSecrets> Secrets(string domain)
    {
        // Nobody asks for those of who is gone.
        var secrets = new DigestSecrets[Table.Users.Length];
        if (_users.Count > 0)
        {
            Parallel.ForEach(Partitioner.Create(0, _users.Count), range =>
            {
                var hasher = new ThreadHasher();
                for (var rank = range.Item1; rank < range.Item2; rank++)
                {
                    secrets[_places[rank]] = Secrets(_users[rank], domain, hasher);
                }
            });
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(secrets);
    }

    private DigestSecrets Secrets(Named<UserOptions> user, string domain, ThreadHasher hasher) => user.Value.Password is { } password
        ? DigestSecrets.OfPassword(user.Name, domain, password.Value.Reveal(), hasher, _algorithms)
        : DigestSecrets.OfHashes(user.Value.PasswordHash!.Value.Md5?.Value.Reveal(), user.Value.PasswordHash.Value.Sha256?.Value.Reveal());

    private static User User(Named<UserOptions> user, int index, FraudBuilder fraud) => new()
    {
        Index = index,
        Name = user.Name,
        Numbers = Values(user.Value.Numbers),
        Aliases = Values(user.Value.Aliases),
        MaxContacts = user.Value.MaxContacts?.Value ?? Calls.Model.User.UsualContacts,
        IsTrusted = user.Value.Trusted?.Value ?? false,
        Fraud = fraud.OfUser(user.Value.Fraud),
    };

    private static ImmutableArray<string> Values(IReadOnlyList<Located<string>> written) => written.Count == 0 ? [] : [.. written.Select(one => one.Value)];
}
