namespace SipAlg.Admin;

/// <summary>Event ids 2000 to 2099.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(2000, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void Failed(ILogger log, string method, string path, Exception fault);

    [LoggerMessage(2001, LogLevel.Information, "Draining: no new calls, by the admin API")]
    public static partial void Draining(ILogger log);

    [LoggerMessage(2002, LogLevel.Information, "Draining ends: calls are taken again, by the admin API")]
    public static partial void DrainEnds(ILogger log);

    [LoggerMessage(2003, LogLevel.Information, "Call {Call} is ended by the admin API")]
    public static partial void HungUp(ILogger log, string call);

    [LoggerMessage(2004, LogLevel.Information, "The {Contacts} contacts of {Aor} are ended by the admin API")]
    public static partial void RegistrationEnded(ILogger log, string aor, int contacts);

    [LoggerMessage(2005, LogLevel.Information, "Reload asked for by the admin API")]
    public static partial void Reloading(ILogger log);
}
