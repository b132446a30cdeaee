namespace SipAlg.State;

/// <summary>Event ids 3100 to 3199, and 6180 to 6189.</summary>
internal static partial class StateLog
{
    [LoggerMessage(3100, LogLevel.Error, "Registrations cannot be written to {File}: {Reason}. {Changes} changes wait; phones are answered all the same, but a restart would forget them. Free space, or mend the disk; it is tried again")]
    public static partial void NotWritten(ILogger log, string file, string reason, int changes);

    [LoggerMessage(3101, LogLevel.Warning, "Registrations are written to {File} again")]
    public static partial void WrittenAgain(ILogger log, string file);

    [LoggerMessage(3102, LogLevel.Information, "{Count} registrations are known from before the start, read in {Milliseconds} ms")]
    public static partial void Restored(ILogger log, int count, long milliseconds);

    [LoggerMessage(6180, LogLevel.Error, "{File} does not take registrations: a write has lasted longer than {Seconds} s. Phones are answered all the same, but a restart would forget what is not written")]
    public static partial void Hangs(ILogger log, string file, double seconds);

    [LoggerMessage(6181, LogLevel.Error, "Registrations are not kept over a restart: {File} cannot be had ({Reason}). It is tried again each second; what was kept in it before the start is not known to this run")]
    public static partial void NotYet(ILogger log, string file, string reason);

    [LoggerMessage(3104, LogLevel.Error, "Registrations are not kept over a restart: {File} cannot be had ({Reason})")]
    public static partial void NotKept(ILogger log, string file, string reason);

    [LoggerMessage(3105, LogLevel.Warning, "The key of contacts is not kept: {File} cannot be had ({Reason}). After a restart, peers have the contacts of this run beside the new ones until they expire, and temporary GRUUs lead to nobody")]
    public static partial void KeyNotKept(ILogger log, string file, string reason);

    [LoggerMessage(3103, LogLevel.Error, "{File} is no database that can be read ({Reason}): it is put aside as {Aside}, and phones have to register anew")]
    public static partial void PutAside(ILogger log, string file, string reason, string aside);
}
