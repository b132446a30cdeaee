namespace SipAlg.Calls.Peers;

/// <summary>How many of something a peer may have at once, counted by all lanes.</summary>
public sealed class Allotment(int most)
{
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes one more, unless that is too many; for an emergency it never is.</summary>
    public bool TryTake(bool isEmergency)
    {
        if (Interlocked.Increment(ref _taken) <= most || isEmergency)
        {
            return true;
        }

        Give();
        return false;
    }

    public void Give() => Interlocked.Decrement(ref _taken);
}
