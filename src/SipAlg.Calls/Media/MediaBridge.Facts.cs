namespace SipAlg.Calls.Media;

/// <content>What was agreed, for the record of the call.</content>
internal sealed partial class MediaBridge
{
    /// <summary>The first stream that both sides agreed on.</summary>
    public bool TryFirst(out MediaStream stream)
    {
        stream = default;
        foreach (ref readonly var candidate in _streams.AsSpan())
        {
            if (candidate.IsAccepted)
            {
                stream = candidate;
                return true;
            }
        }

        return false;
    }

    /// <summary>A stream that both sides agreed on.</summary>
    public bool TryAgreed(int index, out MediaStream stream)
    {
        stream = index < _streams.Length ? _streams[index] : default;
        return stream.IsAccepted;
    }

    /// <summary>Something has been agreed on: keeps since when each stream flows as it does.</summary>
    public void NoteFlows(long now)
    {
        foreach (ref var stream in _streams.AsSpan())
        {
            var isSteady = stream.IsAccepted && stream.IsSteady;
            stream.Flow.Note(isSteady && stream.Flows(0), isSteady && stream.Flows(1), now);
        }
    }

    /// <summary>Who talked to whom until now says nothing of how its streams flow.</summary>
    public void FlowAnew(long now)
    {
        foreach (ref var stream in _streams.AsSpan())
        {
            stream.Flow.Anew(now);
        }
    }
}
