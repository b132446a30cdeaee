using SipAlg.Calls.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Journal;

namespace SipAlg.Admin;

/// <summary>Which calls a list is to have; what is not asked for holds for all.</summary>
/// <param name="Number">Part of the caller's or the called number.</param>
/// <param name="Peer">On either side.</param>
/// <param name="Outcome">Of calls that have ended.</param>
/// <param name="Verdict">Likewise, its code.</param>
internal sealed record CallFilter(string? Number, string? Peer, string? Outcome, string? Verdict)
{
    public static CallFilter Of(IQueryCollection query) => new(Text(query, "number"), Text(query, "peer"), Text(query, "outcome"), Text(query, "verdict"));

    /// <summary>All calls are wanted.</summary>
    public bool IsNone => this is { Number: null, Peer: null, Outcome: null, Verdict: null };

    public bool Wants(JudgedCall call) =>
        Wants(call.Record) && (Outcome is null || Outcome == CallCauses.Text(call.Record.Outcome)) && (Verdict is null || Verdict == VerdictCodes.Text(call.Verdict.Code));

    /// <summary>Of a call that stands, on its lane: it has no outcome and no verdict yet.</summary>
    public bool WantsLive(CallRecord record) => Outcome is null && Verdict is null && Wants(record);

    private bool Wants(CallRecord record) =>
        (Peer is null || record.FromPeer == Peer || record.ToPeer == Peer) &&
        (Number is null || record.Caller.Contains(Number, StringComparison.OrdinalIgnoreCase) || record.Called.Contains(Number, StringComparison.OrdinalIgnoreCase));

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
}
