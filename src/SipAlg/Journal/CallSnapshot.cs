using System.Collections.Immutable;
using SipAlg.Calls.Calls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Journal;

/// <summary>
/// What a call's record says at one moment: what changes is copied, which only the call's lane may do while the call is alive; what
/// never changes is read from the record by whoever writes it down.
/// </summary>
internal readonly struct CallSnapshot(CallRecord record, IReadOnlyList<CallStream>? streams = null)
{
    public CallRecord Fixed { get; } = record;
    public string? ToRealm { get; } = record.ToRealm;
    public string? ToPeer { get; } = record.ToPeer;
    public string? ToUser { get; } = record.ToUser;
    public Transport TargetBy { get; } = record.TargetBy;
    public SentNumbers? Sent { get; } = record.Sent;
    public string? Route { get; } = record.Route;
    public DateTimeOffset? Answered { get; } = record.Answered;
    public DateTimeOffset? Ended { get; } = record.Ended;
    public int Status { get; } = record.Status;
    public CallCause Cause { get; } = record.Cause;
    public CallOutcome Outcome { get; } = record.Outcome;
    public long PacketsFromCaller { get; } = record.PacketsFromCaller;
    public long PacketsFromCallee { get; } = record.PacketsFromCallee;
    public ImmutableArray<CallTransfer> Transfers { get; } = record.Transfers;
    public ReadOnlyMemory<CallSource> Sources { get; } = record.Sources;
    /// <summary>Of a call that is alive: as they were read, where they were asked for.</summary>
    public IReadOnlyList<CallStream> Streams { get; } = streams ?? record.Streams;
    public ulong? ContinuedIn { get; } = record.ContinuedIn;
}
