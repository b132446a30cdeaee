using SipAlg.Calls.Calls;
using SipAlg.Calls.Media;
using SipAlg.Media;

namespace SipAlg.Logging;

/// <content>Media ports that run short, run out, or are not given back.</content>
internal sealed partial class CallLog
{
    private readonly LogThrottle _exhausted = new(Interval, time);

    public void NoMediaPorts(ulong call, string realm, PortTakeResult reason)
    {
        if (reason != PortTakeResult.Stopped && _exhausted.Passes($"{realm} {reason}", out var held))
        {
            LogNoMediaPorts(CallRecord.TextOf(call), realm, new PortShortage(realm, reason).Explanation, held);
        }
    }

    public void MediaPortsScarce(string realm, int inUse, int most) => LogMediaPortsScarce(realm, inUse, most);

    public void MediaPortLeaked(ulong? call, string realm, ushort port) =>
        LogMediaPortLeaked(call is { } known ? CallRecord.TextOf(known) : "that is over", realm, port, port + 1);

    [LoggerMessage(4001, LogLevel.Error, "Call {Call} failed for want of a media port in realm {Realm}: {Reason}. {Held} more since the last such line")]
    private partial void LogNoMediaPorts(string call, string realm, string reason, long held);

    [LoggerMessage(4002, LogLevel.Warning, "Realm {Realm} runs short of media ports: {InUse} streams of at most {Most}. When they run out calls fail: widen its media.ports")]
    private partial void LogMediaPortsScarce(string realm, int inUse, int most);

    [LoggerMessage(4003, LogLevel.Error, "Call {Call} ended without giving back media ports {Port} and {RtcpPort} of realm {Realm}: a fault of the gateway. They are free again")]
    private partial void LogMediaPortLeaked(string call, string realm, ushort port, int rtcpPort);
}
