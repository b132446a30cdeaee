using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Gate;

/// <summary>The gate of the threads that accept connections.</summary>
internal sealed class AcceptGate(GateBoard board)
{
    private readonly Lock _lock = new();
    private readonly SourceGate _gate = new(board);
    private readonly long _began = board.Time.GetTimestamp();

    /// <param name="realm">The listener's group.</param>
    /// <param name="source">Who has connected.</param>
    /// <param name="isStranger">Neither a peer nor known.</param>
    public bool Admits(int realm, in IpAddress source, out bool isStranger)
    {
        var now = (long)board.Time.GetElapsedTime(_began).TotalMilliseconds;
        lock (_lock)
        {
            isStranger = _gate.IsStranger(realm, source, now);
            return _gate.AdmitsTo(realm, source, GateCharge.Connection, now);
        }
    }

    public long Dropped(int realm, GateVerdict reason) => _gate.Counters.Dropped(realm, reason);
}
