namespace SipAlg.Protocol.Srtp;

/// <summary>How a stream is encrypted and authenticated (RFC 4568 §6.2, RFC 6188, RFC 7714), the most wanted first.</summary>
public enum SrtpSuite : byte
{
    AeadAes256Gcm,
    AeadAes128Gcm,
    AesCm256HmacSha1Tag80,
    AesCm128HmacSha1Tag80,
    AesCm256HmacSha1Tag32,
    AesCm128HmacSha1Tag32,
}

/// <summary>What RFC 3711 and those that added suites say of each.</summary>
public static class SrtpSuites
{
    public const int Count = 6;

    /// <summary>Those that an offer has, the first ones: a line of each is some 90 octets, and an INVITE has to fit a datagram (RFC 3261 §18.1.1).</summary>
    public const int Offered = 4;

    /// <summary>Octets of the longest key with its salt.</summary>
    public const int LongestKey = 46;

    private const int GcmSalt = 12;
    private const int CounterSalt = 14;
    private const int GcmTag = 16;

    private static readonly byte[][] Names =
    [
        "AEAD_AES_256_GCM"u8.ToArray(), "AEAD_AES_128_GCM"u8.ToArray(),
        "AES_256_CM_HMAC_SHA1_80"u8.ToArray(), "AES_CM_128_HMAC_SHA1_80"u8.ToArray(),
        "AES_256_CM_HMAC_SHA1_32"u8.ToArray(), "AES_CM_128_HMAC_SHA1_32"u8.ToArray(),
    ];

    /// <summary>The name in SDP, and in the words of logs, metrics and API.</summary>
    public static ReadOnlySpan<byte> Name(this SrtpSuite suite) => Names[(int)suite];

    public static bool IsGcm(this SrtpSuite suite) => suite <= SrtpSuite.AeadAes128Gcm;

    /// <summary>Octets of a master key, and of session keys for encryption.</summary>
    public static int KeyLength(this SrtpSuite suite) =>
        suite is SrtpSuite.AeadAes256Gcm or SrtpSuite.AesCm256HmacSha1Tag80 or SrtpSuite.AesCm256HmacSha1Tag32 ? 32 : 16;

    public static int SaltLength(this SrtpSuite suite) => suite.IsGcm() ? GcmSalt : CounterSalt;

    /// <summary>Octets of what stands behind <c>inline:</c> (RFC 4568 §6.1).</summary>
    public static int MasterLength(this SrtpSuite suite) => suite.KeyLength() + suite.SaltLength();

    /// <summary>Octets of the authentication tag of RTP.</summary>
    public static int TagLength(this SrtpSuite suite) =>
        suite.IsGcm() ? GcmTag : suite is SrtpSuite.AesCm256HmacSha1Tag32 or SrtpSuite.AesCm128HmacSha1Tag32 ? 4 : 10;

    /// <summary>Octets of that of RTCP: never 32 bits (RFC 3711 §5.2, RFC 4568 §6.2.2).</summary>
    public static int RtcpTagLength(this SrtpSuite suite) => suite.IsGcm() ? GcmTag : 10;

    /// <summary>Finds a suite by its name, and by what drafts and some phones call it ("AES_CM_256_…"); in any case of letters.</summary>
    public static bool TryRead(ReadOnlySpan<byte> name, out SrtpSuite suite)
    {
        for (suite = 0; (int)suite < Count; suite++)
        {
            if (Is(name, suite.Name()))
            {
                return true;
            }
        }

        suite = Is(name, "AES_CM_256_HMAC_SHA1_80"u8) ? SrtpSuite.AesCm256HmacSha1Tag80 : SrtpSuite.AesCm256HmacSha1Tag32;
        return suite == SrtpSuite.AesCm256HmacSha1Tag80 || Is(name, "AES_CM_256_HMAC_SHA1_32"u8);
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => System.Text.Ascii.EqualsIgnoreCase(name, known);
}
