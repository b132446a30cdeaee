using System.Buffers.Binary;
using SipAlg.Linux.Crypto;

namespace SipAlg.Media.Srtp;

/// <summary>AES-GCM (RFC 7714).</summary>
internal sealed unsafe class GaloisTransform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> rtcpKey, ReadOnlySpan<byte> rtcpSalt) : SrtpTransform
{
    private readonly AesGalois _rtp = new(key);
    private readonly AesGalois _rtcp = new(rtcpKey);
    private readonly Salt _salt = new(salt);
    private readonly Salt _rtcpSalt = new(rtcpSalt);

    private readonly struct Salt(ReadOnlySpan<byte> salt)
    {
        private readonly ulong _high = BinaryPrimitives.ReadUInt64BigEndian(salt);
        private readonly uint _low = BinaryPrimitives.ReadUInt32BigEndian(salt[8..]);

        /// <summary>RFC 7714 §8.1, and §9.1 for RTCP: two octets of zeros, SSRC, index of 48 bits.</summary>
        public void Write(byte* iv, uint ssrc, ulong index)
        {
            BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(iv, 8), _high ^ ((ulong)ssrc << 16) ^ (index >> 32));
            BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(iv + 8, 4), _low ^ (uint)index);
        }
    }

    public override int TagLength => AesGalois.TagLength;

    public override int RtcpGrowth => AesGalois.TagLength + RtcpIndexLength;

    public override bool TrySeal(byte* packet, int header, int octets, uint ssrc, ulong index, byte* to)
    {
        new ReadOnlySpan<byte>(packet, header).CopyTo(new Span<byte>(to, header));
        var iv = stackalloc byte[AesGalois.IvLength];
        _salt.Write(iv, ssrc, index);
        return _rtp.TryBegin(iv, encrypts: true) && _rtp.TryAdd(packet, header) &&
            _rtp.TryApply(packet + header, to + header, octets - header) && _rtp.TrySeal(to + octets);
    }

    public override bool TryOpen(byte* packet, int header, int octets, byte* tag, uint ssrc, ulong index, byte* scratch)
    {
        var iv = stackalloc byte[AesGalois.IvLength];
        _salt.Write(iv, ssrc, index);
        var length = octets - header;
        if (!_rtp.TryBegin(iv, encrypts: false) || !_rtp.TryAdd(packet, header) || !_rtp.TryApply(packet + header, scratch, length) || !_rtp.TryOpen(tag))
        {
            return false;
        }

        // Not before it is known to be the sender's.
        new ReadOnlySpan<byte>(scratch, length).CopyTo(new Span<byte>(packet + header, length));
        return true;
    }

    public override bool TrySealRtcp(byte* packet, int octets, uint ssrc, uint index, byte* to)
    {
        new ReadOnlySpan<byte>(packet, RtcpHeaderLength).CopyTo(new Span<byte>(to, RtcpHeaderLength));
        var iv = stackalloc byte[AesGalois.IvLength];
        _rtcpSalt.Write(iv, ssrc, index);
        var tail = to + octets + AesGalois.TagLength;
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(tail, RtcpIndexLength), index | RtcpEncrypted);
        return _rtcp.TryBegin(iv, encrypts: true) && _rtcp.TryAdd(packet, RtcpHeaderLength) && _rtcp.TryAdd(tail, RtcpIndexLength) &&
            _rtcp.TryApply(packet + RtcpHeaderLength, to + RtcpHeaderLength, octets - RtcpHeaderLength) && _rtcp.TrySeal(to + octets);
    }

    public override bool TryOpenRtcp(byte* packet, int octets, int mkiLength, uint ssrc, byte* scratch)
    {
        var at = RtcpIndexAt(octets, mkiLength);
        var iv = stackalloc byte[AesGalois.IvLength];
        _rtcpSalt.Write(iv, ssrc, RtcpIndexOf(packet, at) & ~RtcpEncrypted);
        var tag = at - AesGalois.TagLength;
        var length = tag - RtcpHeaderLength;
        if (!_rtcp.TryBegin(iv, encrypts: false) || !_rtcp.TryAdd(packet, RtcpHeaderLength) || !_rtcp.TryAdd(packet + at, RtcpIndexLength) ||
            !_rtcp.TryApply(packet + RtcpHeaderLength, scratch, length) || !_rtcp.TryOpen(packet + tag))
        {
            return false;
        }

        new ReadOnlySpan<byte>(scratch, length).CopyTo(new Span<byte>(packet + RtcpHeaderLength, length));
        return true;
    }

    public override int RtcpIndexAt(int octets, int mkiLength) => octets - mkiLength - RtcpIndexLength;

    public override int MkiAt(int octets, int mkiLength, int tagLength) => octets - mkiLength;

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }
}
