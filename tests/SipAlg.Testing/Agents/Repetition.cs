namespace SipAlg.Testing.Agents;

/// <summary>Something that is sent again at doubling intervals, until it is stopped or, after 64·T1, given up.</summary>
/// <param name="send">Sends it.</param>
/// <param name="now">Milliseconds: when it was sent first.</param>
/// <param name="cap">The longest interval.</param>
/// <param name="givenUp">Told after 64·T1.</param>
internal sealed class Repetition(Action send, long now, int cap, Action givenUp)
{
    private int _interval = AgentTimes.T1;

    public long Due { get; private set; } = now + AgentTimes.T1;
    public long Deadline { get; private set; } = now + AgentTimes.Timeout;
    public bool IsOver { get; private set; }

    public void Stop() => IsOver = true;

    /// <summary>Is not sent again, but given up when it is time.</summary>
    public void WaitUntil(long deadline) => (Due, Deadline) = (deadline, deadline);

    public void Fire(long now)
    {
        if (now >= Deadline)
        {
            IsOver = true;
            givenUp();
            return;
        }

        send();
        _interval = Math.Min(_interval * 2, cap);
        Due = Math.Min(now + _interval, Deadline);
    }
}

/// <summary>RFC 3261 table 4, in milliseconds.</summary>
public static class AgentTimes
{
    public const int T1 = Calls.CallScene.T1;
    public const int T2 = 8 * T1;
    public const int Timeout = 64 * T1;

    /// <summary>RFC 3261 §17.2.1: until then an INVITE has had an answer.</summary>
    public const int Trying = 200;

    /// <summary>No message lives longer in the network.</summary>
    public const int T4 = 10 * T1;
}
