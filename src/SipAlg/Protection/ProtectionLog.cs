namespace SipAlg.Protection;

/// <summary>Event ids 6120 to 6169.</summary>
internal static partial class ProtectionLog
{
    [LoggerMessage(6120, LogLevel.Warning, "{Source} is banned until {Until:u} ({Reason}, time {Times}, {Scope}): {Detail}; realm {Realm}")]
    public static partial void Banned(ILogger log, string source, DateTimeOffset until, string reason, int times, string scope, string detail, string realm);

    [LoggerMessage(6121, LogLevel.Information, "{Source} is heard again, before its ban was over: {Why}")]
    public static partial void Lifted(ILogger log, string source, string why);

    [LoggerMessage(6122, LogLevel.Warning, "{Source} would be banned ({Reason}) and is not: {Exemption}; {Held} more of these were not told")]
    public static partial void Spared(ILogger log, string source, string reason, string exemption, long held);

    [LoggerMessage(6123, LogLevel.Warning, "{Held} more sources are banned than the log tells")]
    public static partial void BansHeld(ILogger log, long held);

    [LoggerMessage(6124, LogLevel.Information, "{Count} bans of before the start go on")]
    public static partial void Restored(ILogger log, int count);

    [LoggerMessage(6130, LogLevel.Warning, "Toll fraud? {Breach}: operators are told at this level, and the calls go on; {Held} more of these were not told")]
    public static partial void Alarm(ILogger log, string breach, long held);

    [LoggerMessage(6131, LogLevel.Error, "Toll fraud? {Breach}: its calls are refused, and those end whose minutes are used up; {Held} more of these were not told")]
    public static partial void Block(ILogger log, string breach, long held);

    [LoggerMessage(6140, LogLevel.Error, "Bans and what accounts have used are not kept over a restart: {File} cannot be had ({Reason})")]
    public static partial void NotKept(ILogger log, string file, string reason);

    [LoggerMessage(6141, LogLevel.Error, "Bans and what accounts have used cannot be written to {File}: {Reason}. They hold all the same, but a restart would forget the latest. Free space, or mend the disk")]
    public static partial void NotWritten(ILogger log, string file, string reason);

    [LoggerMessage(6142, LogLevel.Warning, "Bans and what accounts have used are written to {File} again")]
    public static partial void WrittenAgain(ILogger log, string file);

    [LoggerMessage(6143, LogLevel.Error, "{File} is no database that can be read ({Reason}): it is put aside as {Aside}, and nobody is banned, nothing used")]
    public static partial void PutAside(ILogger log, string file, string reason, string aside);

    [LoggerMessage(6150, LogLevel.Information, "Bans are in the kernel too: nftables table inet {Table}")]
    public static partial void InKernel(ILogger log, string table);

    [LoggerMessage(6151, LogLevel.Error, "Bans cannot be put into the kernel: {Reason}. The gateway drops what banned sources send by itself; give it CAP_NET_ADMIN and the nft program, or write bans: {{ nftables: off }}")]
    public static partial void NotInKernel(ILogger log, string reason);
}
