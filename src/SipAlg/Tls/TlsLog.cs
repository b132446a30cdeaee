namespace SipAlg.Tls;

/// <summary>Event ids 6000 to 6049.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(6000, LogLevel.Information, "Certificate {File} of {Owner}: names {Names}, valid until {Until}")]
    public static partial void Shown(ILogger log, string file, string owner, string names, string until);

    [LoggerMessage(6001, LogLevel.Information, "Certificate {File} of {Owner} was replaced: names {Names}, valid until {Until}. New connections get it, those that stand go on")]
    public static partial void Replaced(ILogger log, string file, string owner, string names, string until);

    [LoggerMessage(6002, LogLevel.Error, "{File} of {Owner} cannot be used: it {Fault}. What was read before is used on. To do: {Hint}")]
    public static partial void Broken(ILogger log, string file, string owner, string fault, string hint);

    [LoggerMessage(6003, LogLevel.Warning, "Certificate {File} of {Owner} expires in {Days} days, on {Until}. Renew it: new files are taken without a restart")]
    public static partial void Expires(ILogger log, string file, string owner, int days, string until);

    [LoggerMessage(6004, LogLevel.Error, "Certificate {File} of {Owner} expired on {Until}: phones and peers that check it refuse the gateway. Renew it: new files are taken without a restart")]
    public static partial void Expired(ILogger log, string file, string owner, string until);

    [LoggerMessage(6005, LogLevel.Information, "{File} of {Owner} was replaced: {Authorities} authorities are trusted by it from now on")]
    public static partial void TrustReplaced(ILogger log, string file, string owner, int authorities);

    [LoggerMessage(6006, LogLevel.Information, "{File} of {Owner} can be used again")]
    public static partial void Mended(ILogger log, string file, string owner);

    [LoggerMessage(6010, LogLevel.Warning, "No TLS with {Target} at {Address}: {Reason} ({Detail}). To do: {Hint}. {Held} more since the last such line")]
    public static partial void OutFailed(ILogger log, string target, string address, string reason, string detail, string hint, long held);

    [LoggerMessage(6011, LogLevel.Warning, "TLS handshake of {Address} in realm {Realm} refused: {Reason} ({Detail}). To do: {Hint}. {Held} more since the last such line")]
    public static partial void InFailed(ILogger log, string address, string realm, string reason, string detail, string hint, long held);

    [LoggerMessage(6012, LogLevel.Error, "Certificates could not be looked at")]
    public static partial void WatchFailed(ILogger log, Exception fault);
}
