namespace SipAlg.Calls.Media;

/// <summary>Which ways a stream flows, and since when it does so; milliseconds of the lane's clock.</summary>
internal struct FlowTime
{
    private byte _ways;

    public long Since { get; private set; }

    public readonly bool IsMutual => _ways == 3;

    /// <summary>Whether a side is to send.</summary>
    public readonly bool IsFrom(int side) => (_ways & (1 << side)) != 0;

    /// <summary>Says how it flows now.</summary>
    public void Note(bool fromCaller, bool fromCallee, long now)
    {
        var ways = (byte)((fromCaller ? 1 : 0) | (fromCallee ? 2 : 0));
        Since = ways == _ways ? Since : now;
        _ways = ways;
    }

    /// <summary>The time before was another matter.</summary>
    public void Anew(long now) => Since = now;
}
