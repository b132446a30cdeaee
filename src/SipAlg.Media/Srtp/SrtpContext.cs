using System.Buffers.Binary;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Srtp;

/// <summary>What became of a packet.</summary>
internal enum SrtpResult : byte
{
    Done,

    /// <summary>It is not of who has the key, or was changed on its way.</summary>
    NotAuthentic,

    /// <summary>It was there before, or is so old that nobody knows.</summary>
    Repeated,
}

/// <summary>
/// One direction under one key (RFC 3711 §3.2.3): the index of each source's packets, what was seen of them, and RTCP's own index.
/// The relay thread's.
/// </summary>
internal sealed unsafe class SrtpContext(SrtpKey key, long second) : IDisposable
{
    /// <summary>RFC 3711 §3.4: 31 bits.</summary>
    private const uint LastRtcpIndex = uint.MaxValue >> 1;

    private const ulong RollOver = 1 << 16;

    private readonly SrtpTransform _transform = SrtpTransform.Of(key);
    private readonly SrtpSources _sources = new();
    private readonly int _mkiLength = key.MkiLength;
    private readonly ulong _mki = key.Mki;

    /// <summary>A source of which nothing came for so long may have gone on elsewhere, and its count with it.</summary>
    private readonly long _silence = 2 * second;

    /// <summary>How far sources were under the key before, since some count on (RFC 3711 §3.3.1) where most begin anew.</summary>
    private SrtpSources? _before;
    private uint _rtcpIndex;

    /// <summary>The most that a packet gets longer by.</summary>
    public int Growth => Math.Max(_transform.TagLength, _transform.RtcpGrowth);

    public int Sources => _sources.Count;

    /// <summary>This key takes the place of another one.</summary>
    public void Follow(SrtpContext before) => _before = before == this ? _before : before._sources;

    /// <summary>Decrypts a packet of RTP in its place.</summary>
    /// <param name="packet">As it came.</param>
    /// <param name="octets">Its length, and what is left of it.</param>
    /// <param name="scratch">Room for as much as the packet.</param>
    /// <param name="now">In timestamps.</param>
    public SrtpResult Open(byte* packet, ref int octets, byte* scratch, long now)
    {
        var body = octets - _transform.TagLength - _mkiLength;
        if (!RtpHeader.TryRead(new ReadOnlySpan<byte>(packet, Math.Max(body, 0)), out var header) || !HasKeyName(packet, octets, _transform.TagLength))
        {
            return SrtpResult.NotAuthentic;
        }

        var sealedPacket = new SealedPacket(packet, header.Length, body, packet + (key.Suite.IsGcm() ? body : octets - _transform.TagLength), header.Ssrc, scratch);
        var place = _sources.Find(header.Ssrc);
        var result = place < 0 || _sources.At(place).Rtp.IsEmpty
            ? OpenFirst(sealedPacket, header.SequenceNumber, place, now)
            : OpenNext(sealedPacket, header.SequenceNumber, ref _sources.At(place), now);
        octets = result == SrtpResult.Done ? body : octets;
        return result;
    }

    /// <summary>Encrypts a packet of RTP.</summary>
    /// <param name="packet">Stays as it is.</param>
    /// <param name="octets">Its length, and that of what was written.</param>
    /// <param name="to">Room for it and <see cref="Growth"/>.</param>
    public SrtpResult Seal(byte* packet, ref int octets, byte* to)
    {
        if (!RtpHeader.TryRead(new ReadOnlySpan<byte>(packet, octets), out var header))
        {
            return SrtpResult.NotAuthentic;
        }

        var place = _sources.Find(header.Ssrc);
        place = place < 0 ? _sources.Add(header.Ssrc) : place;
        if (place < 0)
        {
            return SrtpResult.Repeated;
        }

        // RFC 3711 §9.1: no two packets with one key stream, whatever their source does with its numbers.
        ref var window = ref _sources.At(place).Rtp;
        ulong index = header.SequenceNumber;
        if (!window.IsEmpty && (!RtpIndex.TryGuess(window.Highest, header.SequenceNumber, out index) || !window.IsNew(index)))
        {
            return SrtpResult.Repeated;
        }

        window.Add(index);
        if (!_transform.TrySeal(packet, header.Length, octets, header.Ssrc, index, to))
        {
            return SrtpResult.NotAuthentic;
        }

        octets += _transform.TagLength;
        return SrtpResult.Done;
    }

    /// <summary>Decrypts a packet of RTCP in its place.</summary>
    /// <inheritdoc cref="Open"/>
    public SrtpResult OpenRtcp(byte* packet, ref int octets, byte* scratch)
    {
        var body = octets - _transform.RtcpGrowth - _mkiLength;
        if (body < SrtpTransform.RtcpHeaderLength || !HasKeyName(packet, octets, _transform.RtcpGrowth - SrtpTransform.RtcpIndexLength))
        {
            return SrtpResult.NotAuthentic;
        }

        var field = SrtpTransform.RtcpIndexOf(packet, _transform.RtcpIndexAt(octets, _mkiLength));
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 4, 4));
        var place = _sources.Find(ssrc);
        ulong index = field & ~SrtpTransform.RtcpEncrypted;
        if (place >= 0 && !_sources.At(place).Rtcp.IsNew(index))
        {
            return SrtpResult.Repeated;
        }

        // What is not encrypted was never agreed on (RFC 4568 §6.3.2).
        if (field < SrtpTransform.RtcpEncrypted || !_transform.TryOpenRtcp(packet, octets, _mkiLength, ssrc, scratch))
        {
            return SrtpResult.NotAuthentic;
        }

        place = place < 0 ? _sources.Add(ssrc) : place;
        if (place < 0)
        {
            return SrtpResult.Repeated;
        }

        _sources.At(place).Rtcp.Add(index);
        octets = body;
        return SrtpResult.Done;
    }

    /// <summary>Encrypts a packet of RTCP. One index serves all sources: it is never the same twice.</summary>
    /// <inheritdoc cref="Seal"/>
    public SrtpResult SealRtcp(byte* packet, ref int octets, byte* to)
    {
        if (octets < SrtpTransform.RtcpHeaderLength || _rtcpIndex > LastRtcpIndex)
        {
            return SrtpResult.NotAuthentic;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 4, 4));
        if (!_transform.TrySealRtcp(packet, octets, ssrc, _rtcpIndex++, to))
        {
            return SrtpResult.NotAuthentic;
        }

        octets += _transform.RtcpGrowth;
        return SrtpResult.Done;
    }

    public void Dispose() => _transform.Dispose();

    private readonly struct SealedPacket(byte* packet, int header, int octets, byte* tag, uint ssrc, byte* scratch)
    {
        public uint Ssrc => ssrc;

        public bool TryOpen(SrtpTransform transform, ulong index) => transform.TryOpen(packet, header, octets, tag, ssrc, index, scratch);
    }

    /// <summary>
    /// Of a source that is heard for the first time nobody says how often its numbers have rolled over: not at all, or once if the first packets were lost,
    /// or as often as under the key before.
    /// </summary>
    private SrtpResult OpenFirst(in SealedPacket packet, ushort sequence, int place, long now)
    {
        var known = _before?.Find(packet.Ssrc) ?? -1;
        ulong last = 0;
        if (known >= 0)
        {
            RtpIndex.TryGuess(_before!.At(known).Rtp.Highest, sequence, out last);
        }

        ulong index = sequence;
        if (!packet.TryOpen(_transform, index) && !packet.TryOpen(_transform, index += RollOver) && (last <= index || !packet.TryOpen(_transform, index = last)))
        {
            return SrtpResult.NotAuthentic;
        }

        place = place < 0 ? _sources.Add(packet.Ssrc) : place;
        if (place < 0)
        {
            return SrtpResult.Repeated;
        }

        Heard(ref _sources.At(place), index, now);
        return SrtpResult.Done;
    }

    private SrtpResult OpenNext(in SealedPacket packet, ushort sequence, ref SrtpSource source, long now)
    {
        var isNew = RtpIndex.TryGuess(source.Rtp.Highest, sequence, out var index) && source.Rtp.IsNew(index);
        if (isNew && packet.TryOpen(_transform, index))
        {
            Heard(ref source, index, now);
            return SrtpResult.Done;
        }

        // After a while in which it sent somewhere else, it may be more than half a round ahead.
        if (now - source.LastAt >= _silence && packet.TryOpen(_transform, index + RollOver))
        {
            Heard(ref source, index + RollOver, now);
            return SrtpResult.Done;
        }

        return isNew ? SrtpResult.NotAuthentic : SrtpResult.Repeated;
    }

    private static void Heard(ref SrtpSource source, ulong index, long now)
    {
        source.Rtp.Add(index);
        source.LastAt = now;
    }

    /// <summary>RFC 3711 §3.1: with several keys packets name theirs; there is one here, and its name must stand in each.</summary>
    private bool HasKeyName(byte* packet, int octets, int tagLength)
    {
        var at = packet + _transform.MkiAt(octets, _mkiLength, tagLength);
        ulong name = 0;
        for (var octet = 0; octet < _mkiLength; octet++)
        {
            name = (name << 8) | at[octet];
        }

        return name == _mki;
    }
}
