namespace SipAlg.Signaling.Transports;

/// <summary>When a connection has been silent or unfinished for too long. Written by its reader and writer, read by the sweep.</summary>
internal sealed class StreamDeadlines(TimeProvider time, StreamOptions options, bool accepted)
{
    private long _lastOctet = time.GetTimestamp();
    private long _messageSince = accepted ? time.GetTimestamp() : Never;
    private bool _hadMessage = !accepted;
    private long _heldUntil = Never;

    private const long Never = long.MinValue;

    /// <summary>Something came or went.</summary>
    public void Touch() => Volatile.Write(ref _lastOctet, time.GetTimestamp());

    /// <summary>Its silence is none of this for so long. Called by one lane alone.</summary>
    public void Hold(TimeSpan span)
    {
        var until = time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);
        Volatile.Write(ref _heldUntil, Math.Max(until, _heldUntil));
    }

    /// <summary>A whole message came.</summary>
    public void MessageDone()
    {
        Volatile.Write(ref _hadMessage, true);
        Volatile.Write(ref _messageSince, Never);
    }

    /// <summary>Octets of a message came that is not whole yet; its time runs from the first of them.</summary>
    public void MessageBegun()
    {
        if (Volatile.Read(ref _messageSince) == Never)
        {
            Volatile.Write(ref _messageSince, time.GetTimestamp());
        }
    }

    /// <returns>Why the connection is to be closed now; null: it is not.</returns>
    public CloseReason? Overdue()
    {
        var since = Volatile.Read(ref _messageSince);
        if (since != Never && time.GetElapsedTime(since) >= options.MessageTimeout)
        {
            return Volatile.Read(ref _hadMessage) ? CloseReason.StalledMessage : CloseReason.NoMessage;
        }

        return time.GetElapsedTime(Volatile.Read(ref _lastOctet)) >= options.IdleTimeout && time.GetTimestamp() >= Volatile.Read(ref _heldUntil) ? CloseReason.Idle : null;
    }
}
