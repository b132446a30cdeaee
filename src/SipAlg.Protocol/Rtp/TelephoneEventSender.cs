namespace SipAlg.Protocol.Rtp;

/// <summary>What the packets of one event say, from the first to the last (RFC 4733 §2.5.1.2, §2.5.1.4).</summary>
/// <param name="code">Which event.</param>
/// <param name="duration">How long it is to last, in units of the format's clock.</param>
public struct TelephoneEventSender(byte code, ushort duration)
{
    /// <summary>−10 dBm0: the level of a telephone's keys.</summary>
    private const byte Volume = 10;

    /// <summary>§2.5.1.4: the final packet is sent three times in all.</summary>
    private int _endsLeft = 3;
    private ushort _told;

    /// <summary>No packet has been sent yet.</summary>
    public bool IsFirst { get; private set; } = true;

    /// <summary>The last packet has been sent.</summary>
    public readonly bool IsOver => _endsLeft == 0;

    /// <summary>What all of it lasts.</summary>
    public readonly ushort Duration => duration;

    /// <summary>The next packet's payload.</summary>
    /// <param name="elapsed">How long the event will have lasted when that packet is played, in units of the clock.</param>
    public TelephoneEvent Next(uint elapsed)
    {
        IsFirst = false;
        if (elapsed >= duration)
        {
            _endsLeft--;
            return new TelephoneEvent(code, true, Volume, duration);
        }

        _told = Math.Max(_told, (ushort)elapsed);
        return new TelephoneEvent(code, false, Volume, _told);
    }
}
