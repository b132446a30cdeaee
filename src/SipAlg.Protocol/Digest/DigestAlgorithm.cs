using System.Text;

namespace SipAlg.Protocol.Digest;

/// <summary>The hash algorithms of RFC 7616 §3.3 and RFC 8760 §2.1 that are known here; SHA-512-256 is not.</summary>
public enum DigestAlgorithm : byte
{
    Unknown,
    Md5,
    Md5Session,
    Sha256,
    Sha256Session,
}

/// <summary>Names and measures of the algorithms.</summary>
public static class DigestAlgorithms
{
    /// <summary>Octets of the longest hash in hexadecimal digits.</summary>
    public const int MaxTextLength = 64;

    public const int MaxHashLength = MaxTextLength / 2;

    /// <summary>Case-insensitive, as implementations write it in either.</summary>
    public static DigestAlgorithm Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when Ascii.EqualsIgnoreCase(name, "MD5"u8) => DigestAlgorithm.Md5,
        7 when Ascii.EqualsIgnoreCase(name, "SHA-256"u8) => DigestAlgorithm.Sha256,
        8 when Ascii.EqualsIgnoreCase(name, "MD5-sess"u8) => DigestAlgorithm.Md5Session,
        12 when Ascii.EqualsIgnoreCase(name, "SHA-256-sess"u8) => DigestAlgorithm.Sha256Session,
        _ => DigestAlgorithm.Unknown,
    };

    /// <summary>The name on the wire; empty for <see cref="DigestAlgorithm.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Name(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => "MD5"u8,
        DigestAlgorithm.Md5Session => "MD5-sess"u8,
        DigestAlgorithm.Sha256 => "SHA-256"u8,
        DigestAlgorithm.Sha256Session => "SHA-256-sess"u8,
        _ => default,
    };

    public static bool IsSha256(DigestAlgorithm algorithm) => algorithm is DigestAlgorithm.Sha256 or DigestAlgorithm.Sha256Session;

    /// <summary>The secret is bound to one nonce and one cnonce (RFC 7616 §3.4.2).</summary>
    public static bool IsSession(DigestAlgorithm algorithm) => algorithm is DigestAlgorithm.Md5Session or DigestAlgorithm.Sha256Session;

    /// <summary>Octets of a hash in hexadecimal digits.</summary>
    public static int TextLength(DigestAlgorithm algorithm) => IsSha256(algorithm) ? 64 : 32;
}
