namespace SipAlg.Journal;

/// <summary>Event ids 3000 to 3099.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(3000, LogLevel.Error, "Call records cannot be written to {File}: {Reason}. They are lost until it can be written again; sipalg_cdr_lost_total counts them")]
    public static partial void NotWritten(ILogger log, string file, string reason);

    [LoggerMessage(3001, LogLevel.Warning, "Call records are written to {File} again; {Failed} were lost since the start")]
    public static partial void WrittenAgain(ILogger log, string file, long failed);

    [LoggerMessage(3002, LogLevel.Debug, "Call {Call} from {From} to {To} ended: {Cause}, by the {EndedBy}, status {Status}")]
    public static partial void Ended(ILogger log, string call, string from, string? to, string cause, string endedBy, int status);
}
