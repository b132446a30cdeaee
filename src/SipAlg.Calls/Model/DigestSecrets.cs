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
    public static DigestSecrets OfPassword(string user, string domain, string password, DigestHasher hasher, params ReadOnlySpan<DigestAlgorithm> algorithms) => new(
        algorithms.Contains(DigestAlgorithm.Md5) ? Hashes(hasher, DigestAlgorithm.Md5, user, domain, password) : [],
        algorithms.Contains(DigestAlgorithm.Sha256) ? Hashes(hasher, DigestAlgorithm.Sha256, user, domain, password) : []);

    /// <summary>Of hashes that somebody made before, of the user's name alone.</summary>
    /// <param name="md5">32 hexadecimal digits; null when there is none.</param>
    /// <param name="sha256">64 hexadecimal digits; null when there is none.</param>
    public static DigestSecrets OfHashes(string? md5, string? sha256) =>
        new(Encoding.ASCII.GetBytes((md5 ?? "").ToLowerInvariant()), Encoding.ASCII.GetBytes((sha256 ?? "").ToLowerInvariant()));

    /// <summary>The hash of one user, realm and password, as hexadecimal digits.</summary>
    /// <exception cref="ArgumentException">They are longer together than any configuration's.</exception>
    public static byte[] Hash(DigestAlgorithm algorithm, string user, string domain, string password)
    {
        var hash = new byte[DigestAlgorithms.TextLength(algorithm)];
        Write(DigestHasher.Framework, algorithm, user, domain, password, hash);
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

    private static byte[] Hashes(DigestHasher hasher, DigestAlgorithm algorithm, string user, string domain, string password)
    {
        var length = DigestAlgorithms.TextLength(algorithm);
        var hashes = new byte[2 * length];
        Write(hasher, algorithm, user, domain, password, hashes.AsSpan(0, length));
        Write(hasher, algorithm, $"{user}@{domain}", domain, password, hashes.AsSpan(length));
        return hashes;
    }

    private static void Write(DigestHasher hasher, DigestAlgorithm algorithm, string user, string domain, string password, Span<byte> hash)
    {
        if (!DigestHash.TrySecret(algorithm, Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(domain), Encoding.UTF8.GetBytes(password), hash, hasher))
        {
            throw new ArgumentException("The password is too long.");
        }
    }

    public override string ToString() => "(hidden)";
}
