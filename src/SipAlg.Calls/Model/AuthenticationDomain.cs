using System.Collections.Immutable;
using System.Text;
using SipAlg.Protocol.Digest;

namespace SipAlg.Calls.Model;

/// <summary>What a realm of the gateway authenticates its users by: the realm of its digest challenges, and who is in it. Immutable.</summary>
public sealed class AuthenticationDomain
{
    private readonly ImmutableArray<DigestSecrets> _secrets;

    /// <param name="name">The host part of its users' addresses, and the realm of the challenges.</param>
    /// <param name="algorithms">In the order of the challenges: the strongest first.</param>
    /// <param name="users">Shared by all domains.</param>
    /// <param name="secrets">By <see cref="User.Index"/>, for this domain.</param>
    public AuthenticationDomain(string name, ImmutableArray<DigestAlgorithm> algorithms, UserTable users, ImmutableArray<DigestSecrets> secrets)
    {
        Name = name;
        Realm = Encoding.UTF8.GetBytes(name);
        Algorithms = algorithms;
        Users = users;
        _secrets = secrets;
    }

    public string Name { get; }

    /// <summary>The name as octets.</summary>
    public byte[] Realm { get; }
    public ImmutableArray<DigestAlgorithm> Algorithms { get; }
    public UserTable Users { get; }

    internal DigestSecrets SecretsOf(User user) => _secrets[user.Index];
}
