using System.Buffers.Binary;
using System.Security.Cryptography;
using SipAlg.Linux.Crypto;

namespace SipAlg.Media.Srtp;

/// <summary>AES in counter mode with HMAC-SHA-1 (RFC 3711 §4.1.1 and §4.2.1, RFC 6188).</summary>
internal sealed unsafe class CounterTransform(ReadOnlySpan<byte> rtp, ReadOnlySpan<byte> rtcp, int keyLength, int tagLength) : SrtpTransform
{
    /// <summary>Of RTCP always 80 bits.</summary>
    private const int RtcpTagLength = 10;

    private readonly Keys _rtp = new(rtp, keyLength);
    private readonly Keys _rtcp = new(rtcp, keyLength);

    private readonly struct Keys(ReadOnlySpan<byte> keys, int length)
    {
        private readonly ulong _saltHigh = BinaryPrimitives.ReadUInt64BigEndian(keys[KeyDerivation.SaltAt..]);
        private readonly ulong _saltLow = BinaryPrimitives.ReadUInt64BigEndian(keys[(KeyDerivation.SaltAt + 8)..]);

        public AesCounter Cipher { get; } = new(keys[..length]);
        public HmacSha1 Mac { get; } = new(keys.Slice(KeyDerivation.AuthenticationAt, HmacSha1.Length));

        public bool TryApply(byte* from, byte* to, int length, uint ssrc, ulong index)
        {
            var counter = stackalloc ulong[2];
            counter[0] = BinaryPrimitives.ReverseEndianness(_saltHigh ^ ssrc);
            counter[1] = BinaryPrimitives.ReverseEndianness(_saltLow ^ (index << 16));
            return Cipher.TryApply((byte*)counter, from, to, length);
        }
    }

    public override int TagLength => tagLength;

    public override int RtcpGrowth => RtcpIndexLength + RtcpTagLength;

    public override bool TrySeal(byte* packet, int header, int octets, uint ssrc, ulong index, byte* to)
    {
        new ReadOnlySpan<byte>(packet, header).CopyTo(new Span<byte>(to, header));
        var code = stackalloc byte[HmacSha1.Length];
        if (!_rtp.TryApply(packet + header, to + header, octets - header, ssrc, index) || !TrySign(to, octets, index, code))
        {
            return false;
        }

        new ReadOnlySpan<byte>(code, tagLength).CopyTo(new Span<byte>(to + octets, tagLength));
        return true;
    }

    public override bool TryOpen(byte* packet, int header, int octets, byte* tag, uint ssrc, ulong index, byte* scratch)
    {
        var code = stackalloc byte[HmacSha1.Length];
        return TrySign(packet, octets, index, code) && IsSame(code, tag, tagLength) &&
            _rtp.TryApply(packet + header, packet + header, octets - header, ssrc, index);
    }

    public override bool TrySealRtcp(byte* packet, int octets, uint ssrc, uint index, byte* to)
    {
        new ReadOnlySpan<byte>(packet, RtcpHeaderLength).CopyTo(new Span<byte>(to, RtcpHeaderLength));
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(to + octets, RtcpIndexLength), index | RtcpEncrypted);
        var code = stackalloc byte[HmacSha1.Length];
        if (!_rtcp.TryApply(packet + RtcpHeaderLength, to + RtcpHeaderLength, octets - RtcpHeaderLength, ssrc, index) ||
            !_rtcp.Mac.TrySign(to, octets + RtcpIndexLength, null, 0, code))
        {
            return false;
        }

        new ReadOnlySpan<byte>(code, RtcpTagLength).CopyTo(new Span<byte>(to + octets + RtcpIndexLength, RtcpTagLength));
        return true;
    }

    public override bool TryOpenRtcp(byte* packet, int octets, int mkiLength, uint ssrc, byte* scratch)
    {
        var code = stackalloc byte[HmacSha1.Length];
        var at = RtcpIndexAt(octets, mkiLength);
        return _rtcp.Mac.TrySign(packet, at + RtcpIndexLength, null, 0, code) && IsSame(code, packet + octets - RtcpTagLength, RtcpTagLength) &&
            _rtcp.TryApply(packet + RtcpHeaderLength, packet + RtcpHeaderLength, at - RtcpHeaderLength, ssrc, RtcpIndexOf(packet, at) & ~RtcpEncrypted);
    }

    public override int RtcpIndexAt(int octets, int mkiLength) => octets - RtcpTagLength - mkiLength - RtcpIndexLength;

    public override int MkiAt(int octets, int mkiLength, int tagLength) => octets - tagLength - mkiLength;

    public override void Dispose()
    {
        _rtp.Cipher.Dispose();
        _rtp.Mac.Dispose();
        _rtcp.Cipher.Dispose();
        _rtcp.Mac.Dispose();
    }

    /// <summary>RFC 3711 §4.2: the packet, and behind it the count of roll-overs that it does not hold.</summary>
    private bool TrySign(byte* packet, int octets, ulong index, byte* code)
    {
        var rollOver = BinaryPrimitives.ReverseEndianness((uint)(index >> 16));
        return _rtp.Mac.TrySign(packet, octets, (byte*)&rollOver, sizeof(uint), code);
    }

    private static bool IsSame(byte* code, byte* tag, int length) =>
        CryptographicOperations.FixedTimeEquals(new ReadOnlySpan<byte>(code, length), new ReadOnlySpan<byte>(tag, length));
}
