namespace SipAlg.Admin;

/// <summary>Event ids 2000 to 2099.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(2000, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void Failed(ILogger log, string method, string path, Exception fault);

    [LoggerMessage(2001, LogLevel.Information, "Draining: no new calls, by the admin API; calls that still stand are ended at {Deadline}")]
    public static partial void Draining(ILogger log, string deadline);

    [LoggerMessage(2002, LogLevel.Information, "Draining ends: calls are taken again, by the admin API")]
    public static partial void DrainEnds(ILogger log);

    [LoggerMessage(2003, LogLevel.Information, "Call {Call} is ended by the admin API")]
    public static partial void HungUp(ILogger log, string call);

    [LoggerMessage(2004, LogLevel.Information, "The {Contacts} contacts of {Aor} are ended by the admin API")]
    public static partial void RegistrationEnded(ILogger log, string aor, int contacts);

    [LoggerMessage(2005, LogLevel.Information, "Reload asked for by the admin API")]
    public static partial void Reloading(ILogger log);

    [LoggerMessage(2010, LogLevel.Information, "Audit: {Who} at {Address}: {Method} {Path}: {Outcome}, {Status}")]
    public static partial void Audited(ILogger log, string who, string address, string method, string path, string outcome, int status);

    [LoggerMessage(2011, LogLevel.Warning, "A log-in from {Address} is refused: wrong token")]
    public static partial void LoginRefused(ILogger log, string address);

    [LoggerMessage(2012, LogLevel.Information, "{Session} begins, by {Token} from {Address}")]
    public static partial void LoggedIn(ILogger log, string session, string token, string address);

    [LoggerMessage(2013, LogLevel.Information, "{Session} ends: logged out")]
    public static partial void LoggedOut(ILogger log, string session);

    [LoggerMessage(2014, LogLevel.Error, "What is shown of the gateway could not be brought up to date")]
    public static partial void RoundFailed(ILogger log, Exception fault);
}
