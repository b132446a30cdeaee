using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Trunks;

/// <summary>When a REGISTER is sent: all in milliseconds, each with a draw, so that many gateways, or many trunks of one, do not come at once.</summary>
internal static class RegistrationPace
{
    /// <summary>After a start: registrars see the trunks of a gateway within a second.</summary>
    public const long Start = 1000;

    /// <summary>After the connection or the registrar has come back.</summary>
    public const long Return = 3000;

    /// <summary>What a connection lasts at least that a registrar means to keep.</summary>
    public static TimeSpan Lasting { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The host name of the peer may be known by then.</summary>
    public const long Unresolved = 1000;

    private const long FirstFailure = 10_000;
    private const long LongestFailure = 300_000;

    /// <summary>A registrar that does not want this user will hardly want it soon, and may shut out who insists.</summary>
    private const long FirstRefusal = 300_000;
    private const long LongestRefusal = 3_600_000;

    /// <summary>Time for a failed refresh to be tried at other places, and again.</summary>
    private const long Lead = 40_000;

    /// <summary>How long to wait with the refresh: a fifth of the time before its end, or 40 s, but never more than half; and up to a tenth less by lot.</summary>
    /// <param name="granted">Seconds.</param>
    public static long Refresh(uint granted, SecretSource draws)
    {
        var whole = granted * 1000L;
        var lead = Math.Min(Math.Max(whole / 5, Lead), whole / 2);
        return Math.Max(whole - lead - Draw(draws, whole / 10), 500);
    }

    /// <summary>How long to wait after a failure: twice as long each time up to a bound, of which a draw leaves half at least (RFC 5626 §4.5).</summary>
    /// <param name="failures">In a row; at least 1.</param>
    /// <param name="isRefusal">The registrar said no, rather than nothing.</param>
    /// <param name="retryAfter">Seconds that it asked for; 0 for none. An hour at most is believed.</param>
    public static long Retry(int failures, bool isRefusal, uint retryAfter, SecretSource draws)
    {
        var (first, longest) = isRefusal ? (FirstRefusal, LongestRefusal) : (FirstFailure, LongestFailure);
        var most = Math.Min(first << Math.Min(failures - 1, 16), longest);
        var asked = Math.Min(retryAfter * 1000L, LongestRefusal);
        return Math.Max(most - Draw(draws, most / 2), asked + (asked == 0 ? 0 : Draw(draws, FirstFailure)));
    }

    /// <summary>From 0 to one less than <paramref name="below"/>.</summary>
    public static long Draw(SecretSource draws, long below) => below <= 0 ? 0 : (long)(draws.Next() % (ulong)below);
}
