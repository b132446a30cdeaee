using System.Runtime.InteropServices;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Rtp;
using PacketKind = SipAlg.Media.Packets.PacketKind;

namespace SipAlg.Media.Events;

/// <summary>The telephone events of one relay thread: in the packets that pass, and on a beat of 20 ms as long as one is sent or heard.</summary>
/// <param name="pools">Where the streams of ports are.</param>
/// <param name="second">Timestamps a second.</param>
internal sealed unsafe class EventRelay(PoolTable pools, long second) : IDisposable
{
    private readonly long _interval = second / 50;
    private readonly byte* _packet = (byte*)NativeMemory.AlignedAlloc(TelephoneEventPacket.Length, 64);
    private readonly List<nint> _busy = new(64);
    private long _due;

    public bool IsIdle => _busy.Count == 0;

    /// <summary>How long the loop may sleep, rounded up so that it does not wake before the beat.</summary>
    public int MillisecondsToNext(long now) => (int)Math.Clamp((((_due - now) * 1000) + second - 1) / second, 0, 20);

    /// <summary>A packet on its way from a pair to its partner; returns the length of what goes on, 0 for nothing.</summary>
    public int Cross(Pair* pair, Pair* partner, PacketKind kind, Span<byte> packet, int octets, long now)
    {
        if (StreamOf(pair) is not { } stream)
        {
            return octets;
        }

        if (kind == PacketKind.Rtcp)
        {
            RtcpCorrection.Apply(packet[..octets], stream.Change, StreamOf(partner)?.Change ?? default);
        }
        else if (kind == PacketKind.Rtp)
        {
            octets = stream.Cross(packet, octets, now);
            Look(pair, stream, now);
        }

        return octets;
    }

    /// <summary>The lane may have digits for the stream of a pair.</summary>
    public void Look(Pair* pair, long now)
    {
        if (StreamOf(pair) is { } stream)
        {
            Look(pair, stream, now);
        }
    }

    public void Remove(Pair* pair)
    {
        pair->IsBusy = false;
        _busy.Remove((nint)pair);
    }

    /// <summary>Does what is due when the beat has come; returns how many packets were sent.</summary>
    public int SendDue(PacketPath path, long now)
    {
        if (IsIdle || now < _due)
        {
            return 0;
        }

        _due = now + _interval;
        var sent = 0;
        for (var index = _busy.Count - 1; index >= 0; index--)
        {
            sent += Beat((Pair*)_busy[index], path, now);
        }

        return sent;
    }

    public void Dispose() => NativeMemory.AlignedFree(_packet);

    private int Beat(Pair* pair, PacketPath path, long now)
    {
        var stream = StreamOf(pair);
        var octets = stream?.Beat(new Span<byte>(_packet, TelephoneEventPacket.Length), now) ?? 0;
        if (octets > 0)
        {
            path.SendToPartner(pair, _packet, octets);
        }

        if (stream is not { IsBusy: true })
        {
            Remove(pair);
        }

        return octets > 0 ? 1 : 0;
    }

    private void Look(Pair* pair, EventStream stream, long now)
    {
        if (pair->IsBusy || !stream.IsBusy)
        {
            return;
        }

        if (IsIdle)
        {
            _due = now;
        }

        pair->IsBusy = true;
        _busy.Add((nint)pair);
    }

    private EventStream? StreamOf(Pair* pair) => pools[pair->Pool].EventsOf(pair);
}
