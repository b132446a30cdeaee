using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SipAlg.Linux.Crypto;

namespace SipAlg.Media.Srtp;

/// <summary>AES in counter mode with HMAC-SHA-1 (RFC 3711 §4.1.1 and §4.2.1, RFC 6188): what packets of one kind, RTP or RTCP, are encrypted and signed with.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CounterKeys
{
    /// <summary>Of RTCP always 80 bits.</summary>
    public const int RtcpTagLength = 10;

    private AesCounter _cipher;
    private ulong _saltHigh;
    private ulong _saltLow;
    private HmacSha1 _mac;

    /// <summary>Where libcrypto has the key.</summary>
    public readonly void* Cipher => _cipher.Address;

    /// <param name="keys">As <see cref="KeyDerivation"/> has them.</param>
    /// <param name="length">Octets of the first.</param>
    /// <exception cref="CryptographicException">The system forbids the suite.</exception>
    public void Begin(ReadOnlySpan<byte> keys, int length)
    {
        _cipher = new AesCounter(keys[..length]);
        _mac.Begin(keys.Slice(KeyDerivation.AuthenticationAt, HmacSha1.Length));
        _saltHigh = BinaryPrimitives.ReadUInt64BigEndian(keys[KeyDerivation.SaltAt..]);
        _saltLow = BinaryPrimitives.ReadUInt64BigEndian(keys[(KeyDerivation.SaltAt + 8)..]);
    }

    public readonly void Dispose() => _cipher.Dispose();

    public bool TrySeal(byte* packet, int header, int octets, uint ssrc, ulong index, byte* to, int tagLength)
    {
        new ReadOnlySpan<byte>(packet, header).CopyTo(new Span<byte>(to, header));
        var code = stackalloc byte[HmacSha1.Length];
        if (!TryApply(packet + header, to + header, octets - header, ssrc, index) || !TrySign(to, octets, index, code))
        {
            return false;
        }

        new ReadOnlySpan<byte>(code, tagLength).CopyTo(new Span<byte>(to + octets, tagLength));
        return true;
    }

    public bool TryOpen(byte* packet, int header, int octets, byte* tag, int tagLength, uint ssrc, ulong index)
    {
        var code = stackalloc byte[HmacSha1.Length];
        return TrySign(packet, octets, index, code) && IsSame(code, tag, tagLength) &&
            TryApply(packet + header, packet + header, octets - header, ssrc, index);
    }

    public bool TrySealRtcp(byte* packet, int octets, uint ssrc, uint index, byte* to)
    {
        new ReadOnlySpan<byte>(packet, SrtpState.RtcpHeaderLength).CopyTo(new Span<byte>(to, SrtpState.RtcpHeaderLength));
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(to + octets, SrtpState.RtcpIndexLength), index | SrtpState.RtcpEncrypted);
        var code = stackalloc byte[HmacSha1.Length];
        if (!TryApply(packet + SrtpState.RtcpHeaderLength, to + SrtpState.RtcpHeaderLength, octets - SrtpState.RtcpHeaderLength, ssrc, index) ||
            !_mac.TrySign(to, octets + SrtpState.RtcpIndexLength, null, 0, code))
        {
            return false;
        }

        new ReadOnlySpan<byte>(code, RtcpTagLength).CopyTo(new Span<byte>(to + octets + SrtpState.RtcpIndexLength, RtcpTagLength));
        return true;
    }

    /// <param name="packet">As it came.</param>
    /// <param name="octets">All of it.</param>
    /// <param name="at">Where its index stands.</param>
    /// <param name="ssrc">In it.</param>
    public bool TryOpenRtcp(byte* packet, int octets, int at, uint ssrc)
    {
        var code = stackalloc byte[HmacSha1.Length];
        return _mac.TrySign(packet, at + SrtpState.RtcpIndexLength, null, 0, code) && IsSame(code, packet + octets - RtcpTagLength, RtcpTagLength) &&
            TryApply(packet + SrtpState.RtcpHeaderLength, packet + SrtpState.RtcpHeaderLength, at - SrtpState.RtcpHeaderLength, ssrc, SrtpState.RtcpIndexOf(packet, at) & ~SrtpState.RtcpEncrypted);
    }

    private readonly bool TryApply(byte* from, byte* to, int length, uint ssrc, ulong index)
    {
        var counter = stackalloc ulong[2];
        counter[0] = BinaryPrimitives.ReverseEndianness(_saltHigh ^ ssrc);
        counter[1] = BinaryPrimitives.ReverseEndianness(_saltLow ^ (index << 16));
        return _cipher.TryApply((byte*)counter, from, to, length);
    }

    /// <summary>RFC 3711 §4.2: the packet, and behind it the count of roll-overs that it does not hold.</summary>
    private bool TrySign(byte* packet, int octets, ulong index, byte* code)
    {
        var rollOver = BinaryPrimitives.ReverseEndianness((uint)(index >> 16));
        return _mac.TrySign(packet, octets, (byte*)&rollOver, sizeof(uint), code);
    }

    private static bool IsSame(byte* code, byte* tag, int length) =>
        CryptographicOperations.FixedTimeEquals(new ReadOnlySpan<byte>(code, length), new ReadOnlySpan<byte>(tag, length));
}
