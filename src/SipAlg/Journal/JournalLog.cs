namespace SipAlg.Journal;

/// <summary>Event ids 3000 to 3099.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(3000, LogLevel.Error, "Call records cannot be written to {Place}: {Reason}. They wait in memory and are tried again each second; of more than {Most} the newest are lost. Free space, or mend the disk; sipalg_cdr_queued and sipalg_cdr_lost_total count them")]
    public static partial void NotWritten(ILogger log, string place, string reason, int most);

    [LoggerMessage(3001, LogLevel.Warning, "Call records are written to {Place} again; {Queued} have waited")]
    public static partial void WrittenAgain(ILogger log, string place, int queued);

    [LoggerMessage(3002, LogLevel.Debug, "Call {Call} from {From} to {To} ended: {Cause}, by the {EndedBy}, status {Status}")]
    public static partial void Ended(ILogger log, string call, string from, string? to, string cause, string endedBy, int status);

    [LoggerMessage(3010, LogLevel.Error, "Call records for {Place} are lost: {Most} wait in memory already; sipalg_cdr_lost_total counts them")]
    public static partial void QueueFull(ILogger log, string place, int most);

    [LoggerMessage(3011, LogLevel.Error, "{Place} does not take call records: a write has lasted longer than {Seconds} s. Calls go on; the records wait in memory, {Most} of them at most")]
    public static partial void Hangs(ILogger log, string place, double seconds, int most);

    [LoggerMessage(3012, LogLevel.Error, "{Place} did not take the last call records before the end; {Queued} are lost")]
    public static partial void NotEnded(ILogger log, string place, int queued);

    [LoggerMessage(3013, LogLevel.Error, "{Records} call records are lost: {Place} could not be written to the end")]
    public static partial void LostAtEnd(ILogger log, int records, string place);

    [LoggerMessage(3014, LogLevel.Warning, "Old files of {File} could not be compressed or deleted: {Reason}. It is tried again with the next one")]
    public static partial void NotTidied(ILogger log, string file, string reason);

    [LoggerMessage(3015, LogLevel.Error, "Call records are not delivered to {Url}: {Reason}. They wait in the spool and are sent again; sipalg_cdr_queued counts them")]
    public static partial void NotDelivered(ILogger log, Uri url, string reason);

    [LoggerMessage(3016, LogLevel.Warning, "Call records are delivered to {Url} again; {Queued} still wait")]
    public static partial void DeliveredAgain(ILogger log, Uri url, long queued);

    [LoggerMessage(3017, LogLevel.Error, "The spool {Place} is full: its {Records} oldest call records are lost. Give it more room (cdr.webhook.spool), or mend the server")]
    public static partial void SpoolFull(ILogger log, int records, string place);

    [LoggerMessage(3018, LogLevel.Error, "The record of call {Call} is lost by a defect of the gateway; please report it")]
    public static partial void Defect(ILogger log, string call, Exception defect);
}
