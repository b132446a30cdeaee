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
}
