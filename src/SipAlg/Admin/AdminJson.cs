using System.Text.Json.Serialization.Metadata;
using System.Text.Json.Serialization;
using System.Text.Json;
using SipAlg.Admin.Access;
using SipAlg.Admin.Events;
using SipAlg.Admin.Overview;
using SipAlg.Admin.Written;
using SipAlg.Configuration.Problems;
using SipAlg.Journal;
using SipAlg.Protection;

namespace SipAlg.Admin;

/// <summary>The body of every answer that is no success.</summary>
/// <param name="Error">A word for programs.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record ErrorBody(string Error, string Message);

/// <param name="Items">One page.</param>
/// <param name="Next">The cursor of the next page; null after the last.</param>
internal sealed record CallList(IReadOnlyList<CallDetails> Items, string? Next);

internal sealed record HealthBody(string Status, IReadOnlyList<LaneHealth> Lanes);

/// <param name="AgeSeconds">Since the lane's loop last came round.</param>
internal sealed record LaneHealth(int Lane, double AgeSeconds);

/// <param name="Overload">The share of new calls that is refused just now, of the lane where it is largest: no reason to be called unready.</param>
internal sealed record ReadyBody(bool Ready, IReadOnlyList<string> Reasons, double Overload);

/// <param name="Reloaded">False: nothing has changed.</param>
/// <param name="Problems">Why not, and warnings.</param>
internal sealed record ReloadBody(bool Reloaded, IReadOnlyList<ProblemDetails> Problems);

/// <summary>A reload that is refused: an error whose problems say why.</summary>
internal sealed record ReloadRefusal(string Error, string Message, IReadOnlyList<ProblemDetails> Problems);

/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">In characters, from 1.</param>
internal sealed record ProblemDetails(string Severity, string File, int Line, int Column, string Message, string? Hint)
{
    private const string Error = "error";

    public static ProblemDetails Of(Problem problem) => new(
        problem.Severity == Configuration.Problems.Severity.Error ? Error : "warning", problem.At.File, problem.At.Line, problem.At.Column, problem.Message, problem.Hint);

    public Problem ToProblem() => new(
        Severity == Error ? Configuration.Problems.Severity.Error : Configuration.Problems.Severity.Warning, new SourcePosition(File, Line, Column), Message, Hint);
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DrainQuery
{
    /// <summary>From now until the calls that still stand are ended, as 10m, or off; without it a deadline that was set before stays.</summary>
    public string? Deadline { get; init; }
}

/// <param name="Deadline">When the calls that still stand are ended, or were; null: they may last as long as they do.</param>
/// <param name="DeadlinePassed">They have been ended, but for emergency calls.</param>
internal sealed record DrainBody(bool Draining, int CallsActive, DateTimeOffset? Deadline, bool DeadlinePassed);

internal sealed record PeerList(IReadOnlyList<PeerDetails> Items, string? Next);

internal sealed record PeerDetails
{
    public required string Name { get; init; }
    public required string Realm { get; init; }

    /// <summary>As configured; null for a peer that only calls in.</summary>
    public string? Address { get; init; }

    /// <summary>Where requests to it are sent; null without one.</summary>
    public string? OutboundProxy { get; init; }

    /// <summary>Where its calls go; null while its host name is not resolved.</summary>
    public string? Endpoint { get; init; }
    public string? Transport { get; init; }

    /// <summary>Every place that its host name leads to, by priority (RFC 3263), as <c>udp:192.0.2.1:5060</c>.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }
    public int CallsActive { get; init; }
    public int? CallsLimit { get; init; }
    public double? CallsPerSecondLimit { get; init; }

    /// <summary>How long it is still passed over, since it answered 503 with Retry-After; null if it is not.</summary>
    public double? RestSeconds { get; init; }

    /// <summary>Requests may go to it: it answers pings, as far as it gets any, and does not rest.</summary>
    public bool Up { get; init; }

    /// <summary>Since when it does not answer pings; null if it does, or gets none.</summary>
    public DateTimeOffset? DownSince { get; init; }
    public string? DownReason { get; init; }

    /// <summary>Those of <see cref="Endpoints"/> that do not answer pings.</summary>
    public required IReadOnlyList<string> Silent { get; init; }

    /// <summary>Null for a peer with which the gateway does not register.</summary>
    public PeerRegistrationDetails? Registration { get; init; }

    /// <summary>Calls sent to it, by how the attempt ended.</summary>
    public required IReadOnlyDictionary<string, long> Attempts { get; init; }
}

/// <summary>How the gateway's registration with a peer stands.</summary>
internal sealed record PeerRegistrationDetails
{
    public required bool Registered { get; init; }
    public required string Aor { get; init; }

    /// <summary>As it was sent last, without a user part that is a secret.</summary>
    public string? Contact { get; init; }
    public DateTimeOffset? RegisteredUntil { get; init; }

    /// <summary>What became of the last attempt, in the words of <see cref="Calls.Peers.RegistrationOutcome"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Of the last answer; null where none came.</summary>
    public int? Status { get; init; }
    public DateTimeOffset? Answered { get; init; }

    /// <summary>Who answered, or was asked last.</summary>
    public string? Endpoint { get; init; }

    /// <summary>When it is asked next; null while an answer is waited for.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>In a row.</summary>
    public int Failures { get; init; }

    /// <summary>Proxies that requests to the peer go by (RFC 3261 §8.1.2, RFC 3608); null without any.</summary>
    public string? Route { get; init; }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcMilliseconds)])]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(CallDetails))]
[JsonSerializable(typeof(CallList))]
[JsonSerializable(typeof(FailedPhoneList))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(ReadyBody))]
[JsonSerializable(typeof(DrainQuery))]
[JsonSerializable(typeof(DrainBody))]
[JsonSerializable(typeof(ReloadBody))]
[JsonSerializable(typeof(ReloadRefusal))]
[JsonSerializable(typeof(PeerList))]
[JsonSerializable(typeof(RegistrationList))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(CallEvent))]
[JsonSerializable(typeof(RegistrationEvent))]
[JsonSerializable(typeof(PeerEvent))]
[JsonSerializable(typeof(ReloadEvent))]
[JsonSerializable(typeof(LostEvent))]
[JsonSerializable(typeof(RouteQuery))]
[JsonSerializable(typeof(RouteBody))]
[JsonSerializable(typeof(AccountPage))]
[JsonSerializable(typeof(BanPage))]
[JsonSerializable(typeof(BanEvent))]
[JsonSerializable(typeof(LimitEvent))]
[JsonSerializable(typeof(OverviewBody))]
[JsonSerializable(typeof(ConfigurationBody))]
[JsonSerializable(typeof(DialplanList))]
internal sealed partial class AdminJson : JsonSerializerContext;

/// <summary>Writes JSON answers.</summary>
internal static class AdminReply
{
    public static async Task JsonAsync<T>(this HttpResponse response, int status, T body, JsonTypeInfo<T> type)
    {
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        using (var writer = new Utf8JsonWriter(response.BodyWriter, CallJson.Writer))
        {
            JsonSerializer.Serialize(writer, body, type);
        }

        await response.BodyWriter.FlushAsync().ConfigureAwait(false);
    }

    public static Task TooManyGuessesAsync(this HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return response.ErrorAsync(429, "too_many_guesses", "Too many wrong tokens have come from this address; ask again in a second.");
    }

    public static Task ErrorAsync(this HttpResponse response, int status, string error, string message) =>
        response.JsonAsync(status, new ErrorBody(error, message), AdminJson.Default.ErrorBody);
}
