using System.Text.Json.Serialization;
using SipAlg.Calls.Calls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Journal;

/// <summary>A call in the words of call records and of the API; docs/cdr.md is its description.</summary>
internal sealed record CallDetails
{
    /// <summary>Only in the API: setup, answered or ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? State { get; init; }
    public required string Id { get; init; }
    public DateTimeOffset Started { get; init; }
    public DateTimeOffset? Answered { get; init; }
    public DateTimeOffset? Ended { get; init; }

    /// <summary>From the INVITE to its answer; null for a call that was not answered.</summary>
    public double? SetupSeconds { get; init; }

    /// <summary>From the answer to the end; null for a call that was not answered, or has not ended.</summary>
    public double? DurationSeconds { get; init; }
    public required string Caller { get; init; }
    public required string Called { get; init; }
    public required string FromRealm { get; init; }
    public string? FromPeer { get; init; }

    /// <summary>Only of a user.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FromUser { get; init; }

    /// <summary>tcp or tls; null for UDP.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FromTransport { get; init; }
    public string? ToRealm { get; init; }
    public string? ToPeer { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ToUser { get; init; }

    /// <summary>Of the target that was asked last: tcp or tls; null for UDP.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ToTransport { get; init; }
    public string? Route { get; init; }

    /// <summary>The final SIP status that the caller got; null before.</summary>
    public int? Status { get; init; }
    public string? Cause { get; init; }
    public string? Outcome { get; init; }

    /// <summary>RTP packets; counted when the call has ended.</summary>
    public long? PacketsFromCaller { get; init; }
    public long? PacketsFromCallee { get; init; }

    /// <summary>caller, callee, gateway or operator.</summary>
    public string? EndedBy { get; init; }

    /// <summary>Transfers that the gateway carried out; null without any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TransferDetails[]? Transfers { get; init; }

    /// <summary>The caller's number as it was sent to the target; null if none was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CallerOut { get; init; }

    /// <summary>The called number as it was sent to the target; null if none was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CalledOut { get; init; }

    /// <summary>Only in the API: where its media came from; null before any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SourceDetails[]? MediaSources { get; init; }

    /// <summary>What came of its streams; null before anything was agreed on, and in lists of live calls.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StreamDetails[]? Media { get; init; }

    /// <summary>The id of the call in which it goes on; null for nearly all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContinuedIn { get; init; }

    /// <summary>What is to be said of it; null in lists of live calls.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VerdictDetails? Verdict { get; init; }

    /// <summary>Only in the API, of one call: what the dialplan decided, and why; null where it was not asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DecisionDetails? Decision { get; init; }

    /// <summary>Only in the API, of one call: its messages, as far as they are kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageDetails[]? Messages { get; init; }

    /// <param name="call">That has ended.</param>
    /// <param name="state">Only in the API.</param>
    /// <param name="isWhole">With all that is kept of it.</param>
    public static CallDetails Of(JudgedCall call, string? state = null, bool isWhole = false) =>
        Of(new CallSnapshot(call.Record), state, isWhole) with { Verdict = VerdictDetails.Of(call.Verdict) };

    public static CallDetails Of(in CallSnapshot call, string? state = null, bool isWhole = false)
    {
        var hasEnded = call.Ended is not null;
        return new CallDetails
        {
            State = state,
            Id = call.Fixed.IdText,
            Started = call.Fixed.Started,
            Answered = call.Answered,
            Ended = call.Ended,
            SetupSeconds = Seconds(call.Fixed.Started, call.Answered),
            DurationSeconds = Seconds(call.Answered, call.Ended),
            Caller = call.Fixed.Caller,
            Called = call.Fixed.Called,
            FromRealm = call.Fixed.FromRealm,
            FromPeer = call.Fixed.FromPeer,
            FromUser = call.Fixed.FromUser,
            FromTransport = StreamName(call.Fixed.CallerBy),
            ToTransport = StreamName(call.TargetBy),
            ToRealm = call.ToRealm,
            ToPeer = call.ToPeer,
            ToUser = call.ToUser,
            Route = call.Route,
            Status = call.Status == 0 ? null : call.Status,
            Cause = hasEnded ? CallCauses.Text(call.Cause) : null,
            Outcome = hasEnded ? CallCauses.Text(call.Outcome) : null,
            PacketsFromCaller = hasEnded ? call.PacketsFromCaller : null,
            PacketsFromCallee = hasEnded ? call.PacketsFromCallee : null,
            EndedBy = hasEnded ? CallCauses.Text(CallCauses.By(call.Cause)) : null,
            CallerOut = call.Sent is { } sent ? sent.Caller ?? call.Fixed.Caller : null,
            CalledOut = call.Sent is { } asked ? asked.Called ?? call.Fixed.Called : null,
            Transfers = call.Transfers.IsEmpty ? null : [.. call.Transfers.Select(TransferDetails.Of)],
            MediaSources = state is null || call.Sources.IsEmpty ? null : [.. call.Sources.ToArray().Select(SourceDetails.Of)],
            Media = call.Streams.Count == 0 ? null : [.. call.Streams.Select(stream => StreamDetails.Of(stream, isWhole))],
            ContinuedIn = call.ContinuedIn is { } id ? CallRecord.TextOf(id) : null,
        };
    }

    private static string? StreamName(Transport transport) => transport == Transport.Udp ? null : TransportNames.Text(transport);

    private static double? Seconds(DateTimeOffset? from, DateTimeOffset? to) =>
        from is null || to is null ? null : Math.Max(0, Math.Round((to.Value - from.Value).TotalSeconds, 3));
}
