namespace SipAlg.Signaling.Lanes;

/// <summary>The lanes of one gateway; complete before the first of them runs.</summary>
/// <param name="count">How many there will be.</param>
public sealed class LaneGroup(int count)
{
    private readonly Lane[] _lanes = new Lane[count];

    public int Count => _lanes.Length;

    public Lane this[int number] => _lanes[number];

    internal void Add(Lane lane) => _lanes[lane.Number] = lane;
}
