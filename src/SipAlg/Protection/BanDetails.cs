using SipAlg.Calls.Bans;

namespace SipAlg.Protection;

/// <summary>A ban as API and events have it.</summary>
internal sealed record BanDetails
{
    /// <summary>Of IPv6 a network, as <c>2001:db8::/64</c>.</summary>
    public required string Address { get; init; }

    /// <summary><c>scanner</c>, <c>probing</c>, <c>wrong_passwords</c>, <c>malformed</c> or <c>premium_numbers</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>One sentence: what it did.</summary>
    public required string Why { get; init; }

    /// <summary>False: it may have been somebody else, so only datagrams are dropped, and not all of them.</summary>
    public required bool Proven { get; init; }
    public required string Realm { get; init; }
    public required DateTimeOffset Since { get; init; }
    public required DateTimeOffset Until { get; init; }

    /// <summary>How often it has been banned.</summary>
    public required int Times { get; init; }

    public static BanDetails Of(Ban ban) => new()
    {
        Address = ban.Text,
        Reason = BanReasons.Text(ban.Reason),
        Why = ban.Detail,
        Proven = ban.IsProven,
        Realm = ban.Realm,
        Since = ban.Since,
        Until = ban.Until,
        Times = ban.Times,
    };
}
