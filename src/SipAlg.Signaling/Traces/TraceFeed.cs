using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Traces;

/// <summary>
/// The messages of one lane as they are kept, in their order, for one reader that passes them on. It goes after the lane through the
/// rings, which are its queue: the lane does nothing for it and never waits. What falls out before it is read is counted.
/// </summary>
public sealed class TraceFeed
{
    private readonly MessageTrace _trace;
    private readonly TraceRing[] _rings;
    private readonly long[] _places;
    private long _before;
    private long _through;
    private long _seen;

    internal TraceFeed(MessageTrace trace, params TraceRing[] rings)
    {
        (_trace, _rings) = (trace, rings);
        _before = _through = trace.Written;
        _places = [.. rings.Select(ring => ring.Head)];
    }

    /// <summary>Messages that had fallen out of memory before they were read.</summary>
    public long Lost { get; private set; }

    /// <summary>The next message, secrets masked. False: there is none yet.</summary>
    /// <param name="room">At least <see cref="SipLimits.Message"/> octets, which get the message.</param>
    /// <param name="message">What is known of it.</param>
    public bool TryNext(Span<byte> room, out FedMessage message)
    {
        do
        {
            while (TryOldest(out var ring, out var entry))
            {
                _seen++;
                if (_rings[ring].TryCopy(ref _places[ring], entry, room))
                {
                    if (entry.Kind != TraceKind.End)
                    {
                        SecretMask.Apply(room[..entry.Length]);
                        message = new FedMessage(entry);
                        return true;
                    }
                }
                else
                {
                    Lost++;
                }
            }
        }
        while (TryGoOn());

        message = default;
        return false;
    }

    /// <summary>Of what is to be read now the entry that was written first: each ring has its own in their order.</summary>
    private bool TryOldest(out int ring, out TraceEntry entry)
    {
        (ring, entry) = (-1, default);
        for (var index = 0; index < _rings.Length; index++)
        {
            if (_rings[index].TryPeek(ref _places[index], out var next) && next.Sequence <= _through && (ring < 0 || next.Sequence < entry.Sequence))
            {
                (ring, entry) = (index, next);
            }
        }

        return ring >= 0;
    }

    /// <summary>Everything up to a moment has been read, or is lost; takes what has come since.</summary>
    private bool TryGoOn()
    {
        Lost += _through - _before - _seen;
        (_before, _seen) = (_through, 0);
        _through = _trace.Written;
        return _through > _before;
    }
}

/// <summary>A message of a feed.</summary>
public readonly struct FedMessage
{
    internal FedMessage(in TraceEntry entry)
    {
        At = new DateTimeOffset(entry.Ticks, TimeSpan.Zero);
        IsReceived = entry.Kind == TraceKind.Received;
        IsUnsent = entry.Kind == TraceKind.Unsent;
        (Flow, Trace, Call, Length) = (entry.Flow, entry.Trace, entry.Call, entry.Length);
    }

    /// <summary>UTC.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Came to us; else it is ours.</summary>
    public bool IsReceived { get; }

    /// <summary>Ours, but the network did not take it.</summary>
    public bool IsUnsent { get; }

    /// <summary>The way that it took.</summary>
    public Flow Flow { get; }

    /// <summary>What it is kept under.</summary>
    public ulong Trace { get; }

    /// <summary>The id of its call while that stands; else 0.</summary>
    public ulong Call { get; }

    /// <summary>Octets.</summary>
    public int Length { get; }
}
