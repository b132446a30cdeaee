using System.Globalization;
using SipAlg.Admin.Description;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Journal;

namespace SipAlg.Admin;

/// <summary>Which calls a list is to have; what is not asked for holds for all.</summary>
internal sealed record CallFilter
{
    /// <summary>Part of the caller's or the called number.</summary>
    public string? Number { get; init; }
    public string? Caller { get; init; }
    public string? Called { get; init; }

    /// <summary>On either side, as the realm and the user.</summary>
    public string? Peer { get; init; }
    public string? Realm { get; init; }
    public string? User { get; init; }

    /// <summary>Of calls that have ended, as the verdict's code.</summary>
    public string? Outcome { get; init; }
    public string? Verdict { get; init; }

    /// <summary>Begun at that time, or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Of live calls: answered, or not yet; null: both.</summary>
    public bool? IsAnswered { get; init; }

    public static Parameter[] Parameters { get; } =
    [
        new("number", "A part of the caller's or the called number."),
        new("caller", "A part of the caller's number."),
        new("called", "A part of the called number."),
        new("peer", "A peer on either side."),
        new("realm", "A realm on either side."),
        new("user", "A user on either side."),
        new("outcome", "How it ended; live calls have none.") { Values = [.. Enum.GetValues<CallOutcome>().Select(CallCauses.Text)] },
        new("verdict", "The code of its verdict; live calls have none.") { Values = VerdictCodes.All },
        new("since", "Begun then or later.") { Format = "date-time" },
    ];

    /// <returns>False: the time is none.</returns>
    public static bool TryRead(IQueryCollection query, out CallFilter filter)
    {
        var time = default(DateTimeOffset);
        var written = query.Text("since");
        var isSound = written is null || DateTimeOffset.TryParse(written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        filter = new CallFilter
        {
            Number = query.Text("number"),
            Caller = query.Text("caller"),
            Called = query.Text("called"),
            Peer = query.Text("peer"),
            Realm = query.Text("realm"),
            User = query.Text("user"),
            Outcome = query.Text("outcome"),
            Verdict = query.Text("verdict"),
            Since = written is null ? null : time,
        };
        return isSound;
    }

    /// <summary>All calls are wanted.</summary>
    public bool IsNone => this == new CallFilter();

    public bool Wants(JudgedCall call) =>
        Wants(call.Record) && (Outcome is null || Outcome == CallCauses.Text(call.Record.Outcome)) && (Verdict is null || Verdict == VerdictCodes.Text(call.Verdict.Code));

    /// <summary>Of a call that stands, on its lane: it has no outcome and no verdict yet.</summary>
    public bool WantsLive(CallRecord record) => Outcome is null && Verdict is null && (IsAnswered is null || IsAnswered == record.Answered.HasValue) && Wants(record);

    private bool Wants(CallRecord record) =>
        (Peer is null || record.FromPeer == Peer || record.ToPeer == Peer) &&
        (Realm is null || record.FromRealm == Realm || record.ToRealm == Realm) &&
        (User is null || record.FromUser == User || record.ToUser == User) &&
        (Since is null || record.Started >= Since) && WantsNumbers(record);

    private bool WantsNumbers(CallRecord record) =>
        (Caller is null || Holds(record.Caller, Caller)) && (Called is null || Holds(record.Called, Called)) &&
        (Number is null || Holds(record.Caller, Number) || Holds(record.Called, Number));

    private static bool Holds(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
