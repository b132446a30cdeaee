namespace SipAlg.Media.Srtp;

/// <summary>What one end's stream is encrypted with, in both directions.</summary>
/// <param name="receive">That of what the end sends; null: not known yet, and packets are refused.</param>
/// <param name="send">That of what it is sent; null: nothing is sent to it.</param>
public sealed class MediaKeys(SrtpKey? receive, SrtpKey? send)
{
    /// <summary>Encryption was offered, and its keys are still to come.</summary>
    public static MediaKeys Awaited { get; } = new(null, null);

    public SrtpKey? Receive => receive;
    public SrtpKey? Send => send;

    /// <summary>One user more of each; none of either if one was wiped.</summary>
    internal bool TryUse()
    {
        if (receive?.TryUse() == false)
        {
            return false;
        }

        if (send?.TryUse() == false)
        {
            receive?.Release();
            return false;
        }

        return true;
    }

    internal void Release()
    {
        receive?.Release();
        send?.Release();
    }
}
