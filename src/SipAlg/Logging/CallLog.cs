using System.Globalization;
using SipAlg.Calls.Lanes;

namespace SipAlg.Logging;

/// <summary>What lanes say to the log; event ids 4000 to 4099. Repetitions are counted, not written.</summary>
internal sealed partial class CallLog(ILogger<CallLog> log, TimeProvider time) : ICallLog
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly LogThrottle _faults = new(Interval, time);
    private readonly LogThrottle _exhausted = new(Interval, time);

    public void LaneFault(int lane, Exception fault)
    {
        if (_faults.Passes(lane.ToString(CultureInfo.InvariantCulture), out var held))
        {
            LogLaneFault(lane, held, fault);
        }
    }

    public void NoMediaPorts(string realm)
    {
        if (_exhausted.Passes(realm, out var held))
        {
            LogNoMediaPorts(realm, held);
        }
    }

    [LoggerMessage(4000, LogLevel.Error, "A turn of lane {Lane} failed; the lane goes on. {Held} more failed since the last such line")]
    private partial void LogLaneFault(int lane, long held, Exception fault);

    [LoggerMessage(4001, LogLevel.Error, "A call failed since realm {Realm} has no media port left; {Held} more since the last such line. Widen its media.ports")]
    private partial void LogNoMediaPorts(string realm, long held);
}
