using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tls;

/// <summary>
/// Why the last connections did not come about, so that who could not send can say it: a transaction only learns that it failed.
/// One lane's, and no larger than what a lane tries within a moment.
/// </summary>
public sealed class FailedWays
{
    private const int Most = 32;

    private readonly (Flow Flow, ConnectFailure Reason)[] _last = new (Flow, ConnectFailure)[Most];
    private int _next;

    internal void Note(in Flow flow, ConnectFailure reason)
    {
        _last[_next] = (flow, reason);
        _next = (_next + 1) % Most;
    }

    /// <summary>A connection has come about: what stood against those before it is no reason any more.</summary>
    internal void Forget(in Flow flow)
    {
        for (var index = 0; index < Most; index++)
        {
            var failed = _last[index].Flow;
            if (failed.Connection != 0 && IsTo(failed, flow))
            {
                _last[index] = default;
            }
        }
    }

    private static bool IsTo(in Flow failed, in Flow flow) => failed.Transport == flow.Transport && failed.Remote == flow.Remote && failed.Far == flow.Far;

    /// <summary>What stood against the last connection to somebody; null: nothing that is known.</summary>
    public ConnectFailure? Find(in Flow flow)
    {
        if (!flow.IsReliable)
        {
            return null;
        }

        for (var back = 1; back <= Most; back++)
        {
            var (failed, reason) = _last[(_next - back + Most) % Most];
            if (failed.Connection != 0 && IsTo(failed, flow))
            {
                return reason;
            }
        }

        return null;
    }
}
