using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Traces;

/// <summary>
/// The messages of one lane's calls, for whoever asks later. Each one is copied once, into a ring outside the collected heap: no
/// allocation, no lock. What falls out of the first ring goes on into a second one if its call still stands or ended badly, so that
/// what nobody will ask for goes first. Requests of strangers have a small ring of their own: they displace nobody's.
/// Written by the lane, read by anybody (<see cref="Read"/>).
/// </summary>
public sealed class MessageTrace
{
    /// <summary>Marks what a stranger sent, whose request became no call.</summary>
    private const ulong StrangerMark = 1;

    /// <summary>Of one call: what a flood of messages in it may show.</summary>
    private const int MostMessages = 2000;

    private readonly TraceRing _recent;
    private readonly TraceRing _kept;
    private readonly TraceRing _strangers;
    private readonly Dictionary<ulong, ulong> _standing = [];
    private readonly TimeProvider _time;
    private long _sequence;
    private long _written;

    /// <param name="octets">Memory of all messages; no less than <see cref="Least"/>. The system gives it page by page, as it is written.</param>
    /// <param name="time">Gives the time of day.</param>
    public MessageTrace(long octets, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(octets, Least);
        _time = time;
        _recent = new TraceRing(octets / 16 * 10);
        _kept = new TraceRing(octets / 16 * 5);
        _strangers = new TraceRing(octets / 16);
    }

    /// <summary>Room for the largest message in the smallest ring, wherever in it.</summary>
    public const long Least = 4 * 1024 * 1024;

    /// <summary>Calls that stand or ended badly, of which there are messages.</summary>
    public int Standing => _standing.Count;

    /// <summary>What the messages of a call are kept under.</summary>
    /// <param name="hash">Of what the caller named it by; never 0.</param>
    public static ulong OfCall(ulong hash) => hash & ~StrangerMark | (StrangerMark << 1);

    /// <summary>The same of a request that became no call.</summary>
    public static ulong OfStranger(ulong trace) => trace | StrangerMark;

    /// <summary>A call stands: its messages are kept until it ends.</summary>
    /// <param name="trace">What they are kept under.</param>
    /// <param name="call">Its id.</param>
    public void Begin(ulong trace, ulong call = 0) => _standing[trace] = call;

    /// <summary>A call is over.</summary>
    /// <param name="trace">The call's.</param>
    /// <param name="isKept">Its messages are kept longer than those of others.</param>
    public void End(ulong trace, bool isKept)
    {
        if (isKept)
        {
            // It goes through the rings behind the call's messages, and says when there are none any more.
            Add(_recent, new TraceEntry { Trace = trace, Kind = TraceKind.End }, default);
        }
        else
        {
            _standing.Remove(trace);
        }
    }

    /// <summary>A message that came.</summary>
    public void Received(ulong trace, in Flow flow, ReadOnlySpan<byte> octets) => Add(trace, TraceKind.Received, flow, octets);

    /// <summary>A message that went out.</summary>
    /// <param name="isOnItsWay">False: the network did not take it.</param>
    public void Sent(ulong trace, in Flow flow, ReadOnlySpan<byte> octets, bool isOnItsWay) => Add(trace, isOnItsWay ? TraceKind.Sent : TraceKind.Unsent, flow, octets);

    /// <summary>
    /// The messages of a call that are still there, in their order, secrets masked. From any thread; takes milliseconds, since it goes
    /// through all of the memory.
    /// </summary>
    public IReadOnlyList<TracedMessage> Read(ulong trace)
    {
        SortedList<long, TracedMessage> found = [];

        // In this order: what moves on meanwhile is met twice rather than never.
        _recent.CopyTo(found, trace, MostMessages);
        _kept.CopyTo(found, trace, MostMessages);
        _strangers.CopyTo(found, OfStranger(trace), MostMessages);
        TracedMessage.MarkRepeats(found.Values);
        return [.. found.Values];
    }

    /// <summary>The INVITEs that came in these calls, by what they are kept under, in their order. From any thread; goes once through all of the memory, however many calls they are.</summary>
    public ILookup<ulong, TracedMessage> ReadInvites(IReadOnlySet<ulong> traces)
    {
        SortedList<long, (ulong Trace, TracedMessage Message)> found = [];
        var room = new byte[SipLimits.Message];
        foreach (var ring in (TraceRing[])[_recent, _kept])
        {
            for (var (at, end) = (0L, ring.Head); ring.TryPeek(ref at, out var entry) && at < end;)
            {
                if (entry.Kind != TraceKind.Received || !traces.Contains(entry.Trace))
                {
                    at += entry.Size;
                }
                else if (ring.TryCopy(ref at, entry, room) && room.AsSpan(0, entry.Length).StartsWith("INVITE "u8))
                {
                    found[entry.Sequence] = (entry.Trace, TracedMessage.Of(entry, room[..entry.Length]));
                }
            }
        }

        return found.Values.ToLookup(invite => invite.Trace, invite => invite.Message);
    }

    /// <summary>All messages from now on, for one reader on any thread.</summary>
    public TraceFeed Feed() => new(this, _recent, _strangers);

    /// <summary>The last entry that every reader sees.</summary>
    internal long Written => Volatile.Read(ref _written);

    private void Add(ulong trace, TraceKind kind, in Flow flow, ReadOnlySpan<byte> octets) =>
        Add((trace & StrangerMark) != 0 ? _strangers : _recent, new TraceEntry { Trace = trace, Kind = kind, Flow = flow, Ticks = _time.GetUtcNow().UtcTicks }, octets);

    private void Add(TraceRing ring, TraceEntry entry, ReadOnlySpan<byte> octets)
    {
        entry.Sequence = ++_sequence;
        entry.Call = _standing.GetValueOrDefault(entry.Trace);
        while (!ring.HasRoom(octets.Length))
        {
            if (ring == _recent)
            {
                PassOn();
            }

            ring.DropOldest();
        }

        ring.Append(entry, octets);
        Volatile.Write(ref _written, _sequence);
    }

    /// <summary>What is about to fall out of the first ring goes on into the second, if anybody may still want it.</summary>
    private void PassOn()
    {
        ref readonly var oldest = ref _recent.Oldest(out var octets);
        if (oldest.Kind == TraceKind.Filler || !_standing.ContainsKey(oldest.Trace))
        {
            return;
        }

        while (!_kept.HasRoom(octets.Length))
        {
            ref readonly var last = ref _kept.Oldest(out _);
            if (last.Kind == TraceKind.End)
            {
                _standing.Remove(last.Trace);
            }

            _kept.DropOldest();
        }

        _kept.Append(oldest, octets);
    }
}
