using System.Text;
using SipAlg.Protocol.Digest;

namespace SipAlg.Calls.Model;

/// <summary>
/// What a user proves to know, for one domain: the hashes that a digest is checked with (RFC 7616 §3.4.2), in hexadecimal digits.
/// Whoever has them can authenticate, so nothing prints them. The password itself is not kept.
/// </summary>
public sealed class DigestSecrets
{
    private const int Md5Length = 32;
    private const int Sha256Length = 64;

    /// <summary>MD5 and SHA-256 of the name alone, then of the form with the domain; what is not known is empty or zero.</summary>
    private readonly byte[] _octets;

    private DigestSecrets(int forms) => _octets = new byte[forms * (Md5Length + Sha256Length)];

    /// <summary>Of a password: for the user's name alone and for the form <c>name@domain</c>, which many phones send.</summary>
    /// <exception cref="ArgumentException">It is longer than any configuration's.</exception>
    public static DigestSecrets OfPassword(string user, string domain, string password)
    {
        var secrets = new DigestSecrets(forms: 2);
        foreach (var algorithm in (ReadOnlySpan<DigestAlgorithm>)[DigestAlgorithm.Md5, DigestAlgorithm.Sha256])
        {
            Hash(algorithm, user, domain, password).CopyTo(secrets.Place(algorithm, hasDomain: false));
            Hash(algorithm, $"{user}@{domain}", domain, password).CopyTo(secrets.Place(algorithm, hasDomain: true));
        }

        return secrets;
    }

    /// <summary>Of hashes that somebody made before, of the user's name alone.</summary>
    /// <param name="md5">32 hexadecimal digits; null when there is none.</param>
    /// <param name="sha256">64 hexadecimal digits; null when there is none.</param>
    public static DigestSecrets OfHashes(string? md5, string? sha256)
    {
        var secrets = new DigestSecrets(forms: 1);
        Encoding.ASCII.GetBytes((md5 ?? "").ToLowerInvariant(), secrets.Place(DigestAlgorithm.Md5, hasDomain: false));
        Encoding.ASCII.GetBytes((sha256 ?? "").ToLowerInvariant(), secrets.Place(DigestAlgorithm.Sha256, hasDomain: false));
        return secrets;
    }

    /// <summary>The hash of one user, realm and password, as hexadecimal digits.</summary>
    /// <exception cref="ArgumentException">They are longer together than any configuration's.</exception>
    public static byte[] Hash(DigestAlgorithm algorithm, string user, string domain, string password)
    {
        var hash = new byte[DigestAlgorithms.TextLength(algorithm)];
        return DigestHash.TrySecret(algorithm, Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(domain), Encoding.UTF8.GetBytes(password), hash)
            ? hash
            : throw new ArgumentException("The password is too long.");
    }

    /// <param name="algorithm">MD5 or SHA-256.</param>
    /// <param name="hasDomain">For the form <c>name@domain</c>.</param>
    /// <returns>Empty when it is not known.</returns>
    internal ReadOnlySpan<byte> For(DigestAlgorithm algorithm, bool hasDomain) =>
        Place(algorithm, hasDomain) is { IsEmpty: false } place && place[0] != 0 ? place : default;

    private Span<byte> Place(DigestAlgorithm algorithm, bool hasDomain)
    {
        var form = hasDomain ? Md5Length + Sha256Length : 0;
        return form >= _octets.Length ? default
            : DigestAlgorithms.IsSha256(algorithm) ? _octets.AsSpan(form + Md5Length, Sha256Length)
            : _octets.AsSpan(form, Md5Length);
    }

    public override string ToString() => "(hidden)";
}
