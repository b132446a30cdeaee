using System.Runtime.CompilerServices;
using System.Text;
using SipAlg.Protocol.Digest;

namespace SipAlg.Calls.Model;

/// <summary>
/// What a user proves to know, for one domain: the hashes that a digest is checked with (RFC 7616 §3.4.2), in hexadecimal digits.
/// Whoever has them can authenticate, so nothing prints them. The password itself is not kept.
/// </summary>
public sealed class DigestSecrets
{
    /// <summary>Of the name alone, then of the form with the domain; what is not known is missing.</summary>
    private readonly byte[] _md5;
    private readonly byte[] _sha256;

    private DigestSecrets(byte[] md5, byte[] sha256) => (_md5, _sha256) = (md5, sha256);

    /// <summary>Of a password: for the user's name alone and for the form <c>name@domain</c>, which many phones send.</summary>
    /// <param name="algorithms">MD5 and SHA-256, as far as anybody is challenged with them.</param>
    /// <exception cref="ArgumentException">It is longer than any configuration's.</exception>
    public static DigestSecrets OfPassword(string user, string domain, string password, params ReadOnlySpan<DigestAlgorithm> algorithms) =>
        OfPassword(user, domain, password, DigestHasher.Framework, algorithms);

    /// <inheritdoc cref="OfPassword(string, string, string, ReadOnlySpan{DigestAlgorithm})"/>
    /// <param name="hasher">For many users one that keeps its contexts.</param>
    [SkipLocalsInit]
    public static DigestSecrets OfPassword(string user, string domain, string password, DigestHasher hasher, params ReadOnlySpan<DigestAlgorithm> algorithms)
    {
        var proof = new Proof(stackalloc byte[Proof.MostOctets], user, domain, password);
        return new DigestSecrets(
            algorithms.Contains(DigestAlgorithm.Md5) ? Hashes(hasher, DigestAlgorithm.Md5, proof) : [],
            algorithms.Contains(DigestAlgorithm.Sha256) ? Hashes(hasher, DigestAlgorithm.Sha256, proof) : []);
    }

    /// <summary>Of hashes that somebody made before, of the user's name alone.</summary>
    /// <param name="md5">32 hexadecimal digits; null when there is none.</param>
    /// <param name="sha256">64 hexadecimal digits; null when there is none.</param>
    public static DigestSecrets OfHashes(string? md5, string? sha256) =>
        new(Encoding.ASCII.GetBytes((md5 ?? "").ToLowerInvariant()), Encoding.ASCII.GetBytes((sha256 ?? "").ToLowerInvariant()));

    /// <summary>The hash of one user, realm and password, as hexadecimal digits.</summary>
    /// <exception cref="ArgumentException">They are longer together than any configuration's.</exception>
    [SkipLocalsInit]
    public static byte[] Hash(DigestAlgorithm algorithm, string user, string domain, string password)
    {
        var hash = new byte[DigestAlgorithms.TextLength(algorithm)];
        var proof = new Proof(stackalloc byte[Proof.MostOctets], user, domain, password);
        Write(DigestHasher.Framework, algorithm, proof.Name, proof, hash);
        return hash;
    }

    /// <param name="algorithm">MD5 or SHA-256.</param>
    /// <param name="hasDomain">For the form <c>name@domain</c>.</param>
    /// <returns>Empty when it is not known.</returns>
    internal ReadOnlySpan<byte> For(DigestAlgorithm algorithm, bool hasDomain)
    {
        var hashes = DigestAlgorithms.IsSha256(algorithm) ? _sha256 : _md5;
        var length = DigestAlgorithms.TextLength(algorithm);
        var at = hasDomain ? length : 0;
        return at < hashes.Length ? hashes.AsSpan(at, length) : default;
    }

    private static byte[] Hashes(DigestHasher hasher, DigestAlgorithm algorithm, in Proof proof)
    {
        var length = DigestAlgorithms.TextLength(algorithm);
        var hashes = new byte[2 * length];
        Write(hasher, algorithm, proof.Name, proof, hashes.AsSpan(0, length));
        Write(hasher, algorithm, proof.NameAtDomain, proof, hashes.AsSpan(length));
        return hashes;
    }

    private static void Write(DigestHasher hasher, DigestAlgorithm algorithm, ReadOnlySpan<byte> name, in Proof proof, Span<byte> hash)
    {
        if (!DigestHash.TrySecret(algorithm, name, proof.Domain, proof.Password, hash, hasher))
        {
            throw TooLong();
        }
    }

    private static ArgumentException TooLong() => new("The password is too long.");

    public override string ToString() => "(hidden)";

    /// <summary>What is hashed, as UTF-8 in one piece of memory: of many users strings and arrays would cost more than the hashes do.</summary>
    private readonly ref struct Proof
    {
        public const int MostOctets = 4096;

        public Proof(Span<byte> room, string user, string domain, string password)
        {
            // name@domainpassword
            if (!Encoding.UTF8.TryGetBytes(user, room, out var name) ||
                name == room.Length ||
                !Encoding.UTF8.TryGetBytes(domain, room[(name + 1)..], out var length) ||
                !Encoding.UTF8.TryGetBytes(password, room[(name + 1 + length)..], out var rest))
            {
                throw TooLong();
            }

            room[name] = (byte)'@';
            Name = room[..name];
            NameAtDomain = room[..(name + 1 + length)];
            Domain = NameAtDomain[(name + 1)..];
            Password = room.Slice(name + 1 + length, rest);
        }

        public ReadOnlySpan<byte> Name { get; }
        public ReadOnlySpan<byte> NameAtDomain { get; }
        public ReadOnlySpan<byte> Domain { get; }
        public ReadOnlySpan<byte> Password { get; }
    }
}
