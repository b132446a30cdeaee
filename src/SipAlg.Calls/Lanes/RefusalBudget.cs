using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Lanes;

/// <summary>How much is told of what was refused: a flood, or one source of it, hides no other and costs no more than this.</summary>
internal sealed class RefusalBudget
{
    /// <summary>In one second; and of those, of one source.</summary>
    private const int Most = 20;
    private const int MostOfSource = 2;

    private readonly IpAddress[] _sources = new IpAddress[Most];
    private long _second;
    private int _taken;

    /// <param name="source">Who is refused.</param>
    /// <param name="now">Milliseconds.</param>
    public bool TryTake(IpAddress source, long now)
    {
        if (now / 1000 != _second)
        {
            (_second, _taken) = (now / 1000, 0);
        }

        if (_taken == Most || Of(source) == MostOfSource)
        {
            return false;
        }

        _sources[_taken++] = source;
        return true;
    }

    private int Of(IpAddress source)
    {
        var count = 0;
        foreach (var told in _sources.AsSpan(0, _taken))
        {
            count += told == source ? 1 : 0;
        }

        return count;
    }
}
