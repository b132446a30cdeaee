using System.Buffers.Binary;
using System.Security.Cryptography;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Srtp;

/// <summary>What a suite does with one packet. Of RTP and of RTCP by keys of their own.</summary>
internal abstract unsafe class SrtpTransform : IDisposable
{
    /// <summary>Behind each packet of RTCP: whether it is encrypted, and its index (RFC 3711 §3.4).</summary>
    public const int RtcpIndexLength = 4;

    public const uint RtcpEncrypted = 0x8000_0000;

    /// <summary>RTCP is encrypted behind the SSRC of its first report (RFC 3711 §3.4).</summary>
    public const int RtcpHeaderLength = 8;

    /// <param name="key">A master key.</param>
    /// <exception cref="CryptographicException">The system forbids the suite.</exception>
    public static SrtpTransform Of(SrtpKey key)
    {
        var (length, isGcm) = (key.Suite.KeyLength(), key.Suite.IsGcm());
        using var derivation = new KeyDerivation(key.Master.Span[..length], key.Master.Span[length..]);
        Span<byte> rtp = stackalloc byte[KeyDerivation.Longest];
        Span<byte> rtcp = stackalloc byte[KeyDerivation.Longest];
        derivation.Derive(KeyDerivation.RtpKey, rtp);
        derivation.Derive(KeyDerivation.RtcpKey, rtcp);
        SrtpTransform transform = isGcm
            ? new GaloisTransform(rtp[..length], rtp[KeyDerivation.SaltAt..], rtcp[..length], rtcp[KeyDerivation.SaltAt..])
            : new CounterTransform(rtp, rtcp, length, key.Suite.TagLength());
        CryptographicOperations.ZeroMemory(rtp);
        CryptographicOperations.ZeroMemory(rtcp);
        return transform;
    }

    /// <summary>Octets that a packet of RTP gets longer by.</summary>
    public abstract int TagLength { get; }

    /// <summary>Octets that one of RTCP gets longer by, with its index.</summary>
    public abstract int RtcpGrowth { get; }

    /// <summary>Encrypts a packet of RTP.</summary>
    /// <param name="packet">Stays as it is.</param>
    /// <param name="header">Its octets that stay readable.</param>
    /// <param name="octets">All of it.</param>
    /// <param name="ssrc">In it.</param>
    /// <param name="index">48 bits.</param>
    /// <param name="to">Room for it and its tag.</param>
    public abstract bool TrySeal(byte* packet, int header, int octets, uint ssrc, ulong index, byte* to);

    /// <summary>Decrypts a packet of RTP in its place; one with another tag stays as it is.</summary>
    /// <param name="packet">As it came.</param>
    /// <param name="header">Its octets that are readable.</param>
    /// <param name="octets">All of it but tag and name of the key.</param>
    /// <param name="tag">Where its tag stands.</param>
    /// <param name="ssrc">In it.</param>
    /// <param name="index">48 bits.</param>
    /// <param name="scratch">Room for as much as the packet.</param>
    public abstract bool TryOpen(byte* packet, int header, int octets, byte* tag, uint ssrc, ulong index, byte* scratch);

    /// <summary>The same for RTCP, with the index behind it.</summary>
    public abstract bool TrySealRtcp(byte* packet, int octets, uint ssrc, uint index, byte* to);

    /// <param name="packet">As it came.</param>
    /// <param name="octets">All of it, without the name of the key.</param>
    /// <param name="mkiLength">Octets of that name, which stands before the tag if it is one of HMAC.</param>
    /// <param name="ssrc">In it.</param>
    /// <param name="scratch">Room for as much as the packet.</param>
    public abstract bool TryOpenRtcp(byte* packet, int octets, int mkiLength, uint ssrc, byte* scratch);

    /// <summary>Where the index stands in a packet of RTCP of this length.</summary>
    public abstract int RtcpIndexAt(int octets, int mkiLength);

    /// <summary>Where the name of the key stands.</summary>
    public abstract int MkiAt(int octets, int mkiLength, int tagLength);

    public abstract void Dispose();

    /// <summary>The index field of RTCP.</summary>
    public static uint RtcpIndexOf(byte* packet, int at) => BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + at, RtcpIndexLength));
}
