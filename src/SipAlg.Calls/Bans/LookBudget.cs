namespace SipAlg.Calls.Bans;

/// <summary>So many in a second.</summary>
internal sealed class LookBudget(int most)
{
    private uint _second;
    private int _taken;

    public bool TryTake(uint second)
    {
        if (second != _second)
        {
            (_second, _taken) = (second, 0);
        }

        return _taken++ < most;
    }
}
