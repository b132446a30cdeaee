using SipAlg.Calls.Calls;

namespace SipAlg.Journal;

/// <summary>A transfer in the words of call records and of the API.</summary>
internal sealed record TransferDetails
{
    public DateTimeOffset At { get; init; }

    /// <summary>caller or callee: whose place was taken.</summary>
    public required string By { get; init; }

    /// <summary>The number that it led to.</summary>
    public required string To { get; init; }
    public string? ToRealm { get; init; }
    public string? ToPeer { get; init; }

    public static TransferDetails Of(CallTransfer transfer) => new()
    {
        At = transfer.At,
        By = CallCauses.Text(transfer.By),
        To = transfer.To,
        ToRealm = transfer.ToRealm,
        ToPeer = transfer.ToPeer,
    };
}
