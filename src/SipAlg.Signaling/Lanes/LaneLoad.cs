namespace SipAlg.Signaling.Lanes;

/// <summary>What a lane's inputs waited within an interval.</summary>
/// <param name="Milliseconds">How long the interval was: an idle lane comes round once a second.</param>
/// <param name="Standing">
/// Microseconds that each input waited at the least, at the socket (or in the inbox) where that was most: a queue that stood all the
/// time. One that came and went within the interval is none: bursts are what queues are for (RFC 8289 §3.2).
/// </param>
/// <param name="IsLosing">A socket was never empty, and the kernel dropped datagrams at it: the queue is as long as it can be.</param>
public readonly record struct LaneLoad(int Milliseconds, long Standing, bool IsLosing);
