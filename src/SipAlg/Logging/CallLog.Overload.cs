using SipAlg.Calls.Overload;

namespace SipAlg.Logging;

/// <content>More to do than can be done: a line at the beginning and one at the end, none in between. Event ids 6170 to 6179.</content>
internal sealed partial class CallLog
{
    public void OverloadBegan(int lane, OverloadCause cause, TimeSpan waited)
    {
        if (cause == OverloadCause.Lane)
        {
            LogLaneOverload(lane, waited.TotalMilliseconds);
        }
        else
        {
            LogRelayOverload(lane, waited.TotalMilliseconds);
        }
    }

    public void OverloadEnded(int lane, OverloadCause cause, TimeSpan lasted, long refused)
    {
        if (cause == OverloadCause.Lane)
        {
            LogLaneRelieved(lane, lasted.TotalSeconds, refused);
        }
        else
        {
            LogRelayRelieved(lane, lasted.TotalSeconds, refused);
        }
    }

    [LoggerMessage(6170, LogLevel.Warning, "Lane {Lane} has more to do than it can (each message waits {Waited:F1} ms or more, or is lost): a share of new calls and registrations is answered 503 from now on; calls that stand and emergency calls go on")]
    private partial void LogLaneOverload(int lane, double waited);

    [LoggerMessage(6171, LogLevel.Warning, "Lane {Lane} has room again: it refused {Refused} requests in {Seconds:F1} s")]
    private partial void LogLaneRelieved(int lane, double seconds, long refused);

    [LoggerMessage(6172, LogLevel.Warning, "The relay has more packets than it can pass on in time (they wait {Waited:F1} ms or more): lane {Lane} answers a share of new calls 503 from now on; calls that stand and emergency calls go on")]
    private partial void LogRelayOverload(int lane, double waited);

    [LoggerMessage(6173, LogLevel.Warning, "The relay has time again: lane {Lane} refused {Refused} calls in {Seconds:F1} s")]
    private partial void LogRelayRelieved(int lane, double seconds, long refused);
}
