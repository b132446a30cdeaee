namespace SipAlg.Hep;

/// <summary>Event ids 5000 to 5019.</summary>
internal static partial class HepLog
{
    [LoggerMessage(5000, LogLevel.Information, "Messages of calls are sent to {Target} (HEP), as of agent {Id}")]
    public static partial void Sends(ILogger log, string target, uint id);

    [LoggerMessage(5001, LogLevel.Warning, "Messages of calls do not reach {Target} (HEP): {Reason}. It is tried on; sipalg_hep_lost_total counts those that are lost")]
    public static partial void Fails(ILogger log, string target, string reason);

    [LoggerMessage(5002, LogLevel.Information, "Messages of calls reach {Target} (HEP) again")]
    public static partial void Works(ILogger log, string target);
}
