namespace SipAlg.Hosting;

/// <summary>Event ids 6080 to 6119.</summary>
internal static partial class GateLog
{
    [LoggerMessage(6080, LogLevel.Information, "Strangers have queues of their own on UDP listeners: what peers and phones send does not wait behind theirs")]
    public static partial void StrangersApart(ILogger log);

    [LoggerMessage(6081, LogLevel.Information, "Strangers share the queues of peers and phones on UDP listeners: {Reason}")]
    public static partial void StrangersAmongAll(ILogger log, string reason);
}
