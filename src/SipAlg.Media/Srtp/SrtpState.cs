using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Srtp;

/// <summary>
/// One direction under one key (RFC 3711 §3.2.3), as each packet asks for it: the session keys, the index of each source's packets, what was seen of them,
/// and RTCP's own index. In native memory, where it is never moved, and so is found by an address that is fetched ahead. The relay thread's.
/// </summary>
/// <remarks>RTP of the first source asks for two cache lines of it: that of its keys, and that of <see cref="_tagLength"/> and what follows.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe partial struct SrtpState
{
    /// <summary>RFC 3711 §3.4: 31 bits.</summary>
    private const uint LastRtcpIndex = uint.MaxValue >> 1;

    private const ulong RollOver = 1 << 16;

    private SessionKeys _rtp;
    private byte _tagLength;
    private byte _mkiLength;
    private bool _isGcm;
    private int _sources;
    private ulong _mki;

    /// <summary>Of most streams the only one.</summary>
    private SrtpSource _first;

    private SessionKeys _rtcp;
    private PacketWindow _firstRtcp;
    private uint _rtcpIndex;

    /// <summary>A source of which nothing came for so long may have gone on elsewhere, and its count with it.</summary>
    private long _silence;

    /// <summary>The further sources.</summary>
    private GCHandle<SrtpSources> _others;

    /// <param name="key">That is derived from.</param>
    /// <param name="others">Where it keeps all but its first source.</param>
    /// <param name="second">Timestamps a second.</param>
    /// <exception cref="CryptographicException">The system forbids the suite.</exception>
    public static SrtpState* New(SrtpKey key, SrtpSources others, long second)
    {
        var state = (SrtpState*)NativeMemory.AlignedAlloc((nuint)sizeof(SrtpState), CacheLine.Octets);
        *state = default;
        (state->_tagLength, state->_mkiLength, state->_mki, state->_silence) = ((byte)key.Suite.TagLength(), (byte)key.MkiLength, key.Mki, 2 * second);
        state->_others = new GCHandle<SrtpSources>(others);
        try
        {
            state->Begin(key);
            return state;
        }
        catch (CryptographicException)
        {
            Free(state);
            throw;
        }
    }

    /// <summary>Wipes all of it.</summary>
    public static void Free(SrtpState* state)
    {
        state->DisposeKeys();
        state->_others.Dispose();
        CryptographicOperations.ZeroMemory(new Span<byte>(state, sizeof(SrtpState)));
        NativeMemory.AlignedFree(state);
    }

    /// <summary>The most that a packet gets longer by.</summary>
    public readonly int Growth => Math.Max(TagLength, RtcpGrowth);

    public readonly int Sources => _sources;

    /// <summary>How far each source is.</summary>
    public readonly (uint Ssrc, ulong Highest)[] Heard()
    {
        var heard = new (uint, ulong)[_sources];
        for (var place = 0; place < _sources; place++)
        {
            var source = place == 0 ? _first : _others.Target[place - 1];
            heard[place] = (source.Ssrc, source.Window.Highest);
        }

        return heard;
    }

    /// <summary>Decrypts a packet of RTP in its place.</summary>
    /// <param name="packet">As it came.</param>
    /// <param name="octets">Its length, and what is left of it.</param>
    /// <param name="scratch">Room for as much as the packet.</param>
    /// <param name="now">In timestamps.</param>
    public SrtpResult Open(byte* packet, ref int octets, byte* scratch, long now)
    {
        var body = octets - _tagLength - _mkiLength;
        if (!RtpHeader.TryRead(new ReadOnlySpan<byte>(packet, Math.Max(body, 0)), out var header) || !HasKeyName(packet, octets, _tagLength))
        {
            return SrtpResult.NotAuthentic;
        }

        var sealedPacket = new SealedPacket(packet, header.Length, body, header.Ssrc, scratch);
        var place = Find(header.Ssrc);
        var result = place < 0 || SourceAt(place).Window.IsEmpty
            ? OpenFirst(sealedPacket, header.SequenceNumber, place, now)
            : OpenNext(sealedPacket, header.SequenceNumber, ref SourceAt(place), now);
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

        var place = FindOrAdd(header.Ssrc);
        if (place < 0)
        {
            return SrtpResult.Repeated;
        }

        // RFC 3711 §9.1: no two packets with one key stream, whatever their source does with its numbers.
        ref var window = ref SourceAt(place).Window;
        ulong index = header.SequenceNumber;
        if (!window.IsEmpty && (!RtpIndex.TryGuess(window.Highest, header.SequenceNumber, out index) || !window.IsNew(index)))
        {
            return SrtpResult.Repeated;
        }

        window.Add(index);
        if (!TrySeal(packet, header.Length, octets, header.Ssrc, index, to))
        {
            return SrtpResult.NotAuthentic;
        }

        octets += _tagLength;
        return SrtpResult.Done;
    }

    /// <summary>Decrypts a packet of RTCP in its place.</summary>
    /// <inheritdoc cref="Open"/>
    public SrtpResult OpenRtcp(byte* packet, ref int octets, byte* scratch)
    {
        var body = octets - RtcpGrowth - _mkiLength;
        if (body < RtcpHeaderLength || !HasKeyName(packet, octets, RtcpGrowth - RtcpIndexLength))
        {
            return SrtpResult.NotAuthentic;
        }

        var at = RtcpIndexAt(octets);
        var field = RtcpIndexOf(packet, at);
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 4, 4));
        var place = Find(ssrc);
        ulong index = field & ~RtcpEncrypted;
        if (place >= 0 && !RtcpWindowAt(place).IsNew(index))
        {
            return SrtpResult.Repeated;
        }

        // What is not encrypted was never agreed on (RFC 4568 §6.3.2).
        if (field < RtcpEncrypted || !TryOpenRtcp(packet, octets, at, ssrc, scratch))
        {
            return SrtpResult.NotAuthentic;
        }

        place = place < 0 ? Add(ssrc) : place;
        if (place < 0)
        {
            return SrtpResult.Repeated;
        }

        RtcpWindowAt(place).Add(index);
        octets = body;
        return SrtpResult.Done;
    }

    /// <summary>Encrypts a packet of RTCP. One index serves all sources: it is never the same twice.</summary>
    /// <inheritdoc cref="Seal"/>
    public SrtpResult SealRtcp(byte* packet, ref int octets, byte* to)
    {
        if (octets < RtcpHeaderLength || _rtcpIndex > LastRtcpIndex)
        {
            return SrtpResult.NotAuthentic;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 4, 4));
        if (!TrySealRtcp(packet, octets, ssrc, _rtcpIndex++, to))
        {
            return SrtpResult.NotAuthentic;
        }

        octets += RtcpGrowth;
        return SrtpResult.Done;
    }

    private readonly struct SealedPacket(byte* packet, int header, int octets, uint ssrc, byte* scratch)
    {
        public uint Ssrc => ssrc;

        public bool TryOpen(ref SrtpState state, ulong index) => state.TryOpen(packet, header, octets, ssrc, index, scratch);
    }

    /// <summary>
    /// Of a source that is heard for the first time nobody says how often its numbers have rolled over: not at all, or once if the first packets were lost,
    /// or as often as under the key before.
    /// </summary>
    private SrtpResult OpenFirst(in SealedPacket packet, ushort sequence, int place, long now)
    {
        ulong last = 0;
        if (_others.Target.HighestBefore(packet.Ssrc) is { } highest)
        {
            RtpIndex.TryGuess(highest, sequence, out last);
        }

        ulong index = sequence;
        if (!packet.TryOpen(ref this, index) && !packet.TryOpen(ref this, index += RollOver) && (last <= index || !packet.TryOpen(ref this, index = last)))
        {
            return SrtpResult.NotAuthentic;
        }

        place = place < 0 ? Add(packet.Ssrc) : place;
        if (place < 0)
        {
            return SrtpResult.Repeated;
        }

        SourceAt(place).Heard(index, now);
        return SrtpResult.Done;
    }

    private SrtpResult OpenNext(in SealedPacket packet, ushort sequence, ref SrtpSource source, long now)
    {
        var isNew = RtpIndex.TryGuess(source.Window.Highest, sequence, out var index) && source.Window.IsNew(index);
        if (isNew && packet.TryOpen(ref this, index))
        {
            source.Heard(index, now);
            return SrtpResult.Done;
        }

        // After a while in which it sent somewhere else, it may be more than half a round ahead.
        if (now - source.LastAt >= _silence && packet.TryOpen(ref this, index + RollOver))
        {
            source.Heard(index + RollOver, now);
            return SrtpResult.Done;
        }

        return isNew ? SrtpResult.NotAuthentic : SrtpResult.Repeated;
    }

    /// <returns>Its place; −1 if it is not known.</returns>
    private readonly int Find(uint ssrc) => _sources == 0 ? -1 : _first.Ssrc == ssrc ? 0 : _sources == 1 ? -1 : _others.Target.Find(ssrc) is var place and >= 0 ? place + 1 : -1;

    /// <returns>Its place; −1 if there are too many.</returns>
    private int Add(uint ssrc)
    {
        if (_sources == SrtpSources.Most)
        {
            return -1;
        }

        if (_sources == 0)
        {
            _first.Ssrc = ssrc;
        }
        else
        {
            _others.Target.Add(ssrc);
        }

        return _sources++;
    }

    private int FindOrAdd(uint ssrc) => Find(ssrc) is var place and >= 0 ? place : Add(ssrc);

    [UnscopedRef]
    private ref SrtpSource SourceAt(int place) => ref place == 0 ? ref _first : ref _others.Target[place - 1];

    [UnscopedRef]
    private ref PacketWindow RtcpWindowAt(int place) => ref place == 0 ? ref _firstRtcp : ref _others.Target.RtcpWindowAt(place - 1);

    /// <summary>RFC 3711 §3.1: with several keys packets name theirs; there is one here, and its name must stand in each.</summary>
    private readonly bool HasKeyName(byte* packet, int octets, int tagLength)
    {
        var at = packet + MkiAt(octets, tagLength);
        ulong name = 0;
        for (var octet = 0; octet < _mkiLength; octet++)
        {
            name = (name << 8) | at[octet];
        }

        return name == _mki;
    }
}
