using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tls;

/// <summary>
/// Why the last connections with TLS did not come about, so that who could not send can say it: a transaction only learns that it failed.
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

    /// <summary>What stood against the last connection to somebody; null: nothing that is known, or nothing of TLS.</summary>
    public ConnectFailure? Find(in Flow flow)
    {
        if (flow.Transport != Transport.Tls)
        {
            return null;
        }

        for (var back = 1; back <= Most; back++)
        {
            var (failed, reason) = _last[(_next - back + Most) % Most];
            if (failed.Connection != 0 && failed.Remote == flow.Remote && failed.Far == flow.Far)
            {
                return reason;
            }
        }

        return null;
    }
}
