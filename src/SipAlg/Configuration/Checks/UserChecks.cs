using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Digest;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for users and for the realms that they authenticate in, and what is probably not meant.</summary>
internal static class UserChecks
{
    public static void Run(GatewayOptions options, IReadOnlyList<Named<UserOptions>> users, ProblemList problems)
    {
        foreach (var realm in options.Realms)
        {
            Challenges(realm.Value, problems);
        }

        foreach (var user in users)
        {
            Proof(user, options, problems);
        }

        var names = new Dictionary<string, Named<UserOptions>>(users.Count, StringComparer.Ordinal);
        foreach (var user in users.Where(user => !names.TryAdd(user.Name, user)))
        {
            problems.Error(user.At, $"a user '{user.Name}' exists already", $"the first is at {names[user.Name].At}");
        }

        Distinct(users, names, problems);
        Domain(options, users, problems);
    }

    private static void Challenges(RealmOptions realm, ProblemList problems)
    {
        foreach (var twice in realm.Digest.GroupBy(algorithm => algorithm.Value).SelectMany(group => group.Skip(1)))
        {
            problems.Error(twice.At, $"'digest' names {Name(twice.Value)} twice", "write each once");
        }

        if (realm.Domain is null && realm.Digest.Count > 0)
        {
            problems.Warn(realm.Digest[0].At, "'digest' says nothing in a realm without a 'domain'", "write the domain that users register with");
        }

        if (realm.Digest is [{ Value: DigestAlgorithm.Md5 }, { Value: DigestAlgorithm.Sha256 } strong])
        {
            problems.Warn(strong.At, "phones take the first challenge that they know, which is md5", "write [sha-256, md5]");
        }
    }

    private static void Proof(Named<UserOptions> user, GatewayOptions options, ProblemList problems)
    {
        if (user.Value is { Password: not null, PasswordHash: { } hash })
        {
            problems.Error(hash.At, $"user '{user.Name}' has a 'password' and a 'password_hash'", "write one of them");
        }

        if (!user.IsSound || user.Value.Password is not null)
        {
            return;
        }

        if (user.Value.PasswordHash is not { } written)
        {
            problems.Error(user.At, $"user '{user.Name}' needs 'password' or 'password_hash'", "sipalg hash-password prints the hash");
            return;
        }

        Hashed(user.Name, written, options, problems);
    }

    private static void Hashed(string user, Located<PasswordHashOptions> written, GatewayOptions options, ProblemList problems)
    {
        var domains = options.Realms.Where(realm => realm.Value.Domain is not null).ToArray();
        var hint = $"sipalg hash-password {user} {domains.FirstOrDefault()?.Value.Domain!.Value ?? "DOMAIN"}";
        if (written.Value is { Md5: null, Sha256: null })
        {
            problems.Error(written.At, $"'password_hash' of user '{user}' holds no hash", hint);
            return;
        }

        foreach (var realm in domains)
        {
            foreach (var algorithm in Algorithms(realm.Value).Where(algorithm => (algorithm == DigestAlgorithm.Md5 ? written.Value.Md5 : written.Value.Sha256) is null))
            {
                problems.Error(written.At, $"user '{user}' has no {Name(algorithm)} hash, which realm '{realm.Name}' asks for", hint);
            }
        }

        if (domains.Select(realm => realm.Value.Domain!.Value).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            problems.Warn(written.At, $"the hash of user '{user}' is for one domain, and there are several", "write the password, or one domain in all realms");
        }
    }

    private static void Distinct(IReadOnlyList<Named<UserOptions>> users, Dictionary<string, Named<UserOptions>> names, ProblemList problems)
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var user in users)
        {
            foreach (var number in user.Value.Numbers)
            {
                Claim(taken, number, user.Name, "number", problems);
            }
        }

        taken.Clear();
        foreach (var user in users)
        {
            foreach (var alias in user.Value.Aliases)
            {
                if (names.ContainsKey(alias.Value))
                {
                    problems.Error(alias.At, $"the alias '{alias.Value}' is the name of a user", "a name goes first: choose another alias");
                }
                else
                {
                    Claim(taken, alias, user.Name, "alias", problems);
                }
            }
        }
    }

    private static void Claim(Dictionary<string, string> taken, Located<string> written, string user, string kind, ProblemList problems)
    {
        if (!taken.TryAdd(written.Value, user))
        {
            problems.Error(written.At, $"the {kind} '{written.Value}' is that of user '{taken[written.Value]}'", $"a {kind} belongs to one user");
        }
    }

    private static void Domain(GatewayOptions options, IReadOnlyList<Named<UserOptions>> users, ProblemList problems)
    {
        if (users.Count > 0 && options.Realms.Count > 0 && options.Realms.All(realm => realm.Value.Domain is null))
        {
            problems.Warn(users[0].At, "no realm has a 'domain', so that no user can register", "write domain: example.com in the realm of the phones");
        }
    }

    private static IEnumerable<DigestAlgorithm> Algorithms(RealmOptions realm) =>
        realm.Digest.Count == 0 ? [DigestAlgorithm.Md5] : realm.Digest.Select(algorithm => algorithm.Value);

    private static string Name(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5 ? "md5" : "sha-256";
}
