using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Verdicts;

/// <summary>Calls that a target refused: by the status that it gave.</summary>
internal static class TargetVerdicts
{
    public static VerdictText Text(CallRecord record, VerdictCode code) => new VerdictText(code)
        .With("target", record.ToPeer ?? record.ToUser).With("target_address", record.TargetAt).With("target_status", record.TargetStatus).With("status", record.Status);

    public static Verdict Of(CallRecord record)
    {
        var (code, words) = Words(record.TargetStatus);
        return Text(record, code).Of($"{Parties.Target(record)} answered {record.TargetStatus}: {words}");
    }

    private static (VerdictCode Code, string Words) Words(int status) => status switch
    {
        486 or 600 => (VerdictCode.CalleeBusy, "busy."),
        603 or 607 or 608 => (VerdictCode.CalleeDeclined, "the callee does not want this call."),
        404 or 410 or 484 or 485 or 604 => (VerdictCode.NumberNotFound, "it does not know the number that it was sent; compare what the dialplan makes of it with what the target wants (country code, leading zeros)."),
        480 => (VerdictCode.CalleeUnavailable, "the callee cannot be reached there now, e.g. since no phone is registered."),
        401 or 407 => (VerdictCode.TargetWantsCredentials, "it wants credentials, and the peer has none configured, or it refuses those that it got."),
        403 => (VerdictCode.TargetForbids, "it does not allow this call, e.g. since it does not know the gateway's address or the caller's number."),
        415 or 488 or 606 => (VerdictCode.NoCommonCodec, "it takes none of the codecs, or kinds of media, that it was offered."),
        482 or 483 => (VerdictCode.TargetLoop, "the call goes round in a loop."),
        408 or 500 or 502 or 503 or 504 or 580 => (VerdictCode.TargetFailed, "it is overloaded, out of service, or cannot reach what is behind it."),
        _ => (VerdictCode.TargetRefused, "it refuses the call."),
    };
}
