using SipAlg.Calls.Model;

namespace SipAlg.Calls.Registrations;

/// <summary>How long a phone is granted of what its registrar has granted, and which of its refreshes goes there. Milliseconds.</summary>
internal static class RelayTimes
{
    /// <summary>A refresh, with a challenge on its way, is at the registrar so long before its binding there ends.</summary>
    public const int Margin = 5000;

    /// <summary>What a phone would be granted if its registrar had granted enough.</summary>
    /// <param name="asked">Seconds; −1: it asked for no time.</param>
    /// <param name="settings">Its realm's.</param>
    public static long Wanted(int asked, RelaySettings settings)
    {
        var most = (long)settings.Phone.TotalMilliseconds;
        return asked < 0 ? most : Math.Min(asked * 1000L, most);
    }

    /// <summary>What it is granted: whole seconds, and it comes again before the registrar's binding ends.</summary>
    /// <param name="wanted">See <see cref="Wanted"/>.</param>
    /// <param name="left">Of the registrar's binding.</param>
    public static long Grant(long wanted, long left) => Math.Min(wanted, Math.Max(left - Margin, left / 2)) / 1000 * 1000;

    /// <summary>Too little is left for the phone to be answered without its registrar.</summary>
    public static bool IsTooShort(long granted, long wanted) => granted * 4 < wanted || granted == 0;

    /// <summary>
    /// When the phone's next refresh is to go to the registrar. Each binding has a point of its own in the period, by its token, however many
    /// have registered at once; and a period leaves room for a phone that comes late.
    /// </summary>
    /// <param name="token">The binding's.</param>
    /// <param name="now">The registrar has just accepted it.</param>
    /// <param name="granted">For so long.</param>
    /// <param name="settings">The realm's.</param>
    public static long NextRefresh(ulong token, long now, long granted, RelaySettings settings)
    {
        var period = Math.Max(granted - ((long)settings.Phone.TotalMilliseconds / 4) - Margin, (granted / 2) + 1);
        var phase = (long)(token % (ulong)period);
        var since = (now - phase) % period;
        return now - (since < 0 ? since + period : since) + period;
    }
}
