using System.Collections.Immutable;
using SipAlg.Calls.Calls;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Verdicts;

/// <summary>
/// What is to be said of a call, and what it rests on. This room turns the record of a call, ended or not, into one plain sentence: pure
/// functions, asked off the lane.
/// </summary>
/// <param name="Code">For programs.</param>
/// <param name="Sentence">For people: one sentence that names who and what.</param>
/// <param name="Evidence">Facts of this call, by name, in an order to read.</param>
public sealed record Verdict(VerdictCode Code, string Sentence, ImmutableArray<KeyValuePair<string, string>> Evidence)
{
    /// <param name="record">Of a call that has ended, or stands.</param>
    /// <param name="streams">Of one that stands, as they are now; null: they were not asked for.</param>
    public static Verdict Of(CallRecord record, IReadOnlyList<CallStream>? streams = null) =>
        record.Refusal is { } refusal ? AdmissionVerdicts.Of(record, refusal)
        : record.Ended is null ? OfLive(record, streams ?? [])
        : MediaVerdicts.Of(record) ?? SetupVerdicts.Of(record) ?? EndVerdicts.Of(record);

    /// <summary>It did not go as calls should: what is kept of it is kept longer. On the lane too.</summary>
    public static bool IsTroubled(CallRecord record) => !CallCauses.IsUsual(record.Cause) || MediaVerdicts.IsWrong(record);

    private static Verdict OfLive(CallRecord record, IReadOnlyList<CallStream> streams) =>
        Silence.Of(streams) is { } silence ? SilenceVerdicts.OfLive(silence)
        : new VerdictText(VerdictCode.InProgress).Of($"The call goes on{(record.Answered is null ? ", and is not answered yet" : "")}.");
}

/// <summary>Puts a verdict together.</summary>
internal sealed class VerdictText(VerdictCode code)
{
    private readonly ImmutableArray<KeyValuePair<string, string>>.Builder _evidence = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();

    /// <summary>Adds a fact; null and empty ones are left out.</summary>
    public VerdictText With(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _evidence.Add(new(name, value));
        }

        return this;
    }

    public VerdictText With(string name, IpEndpoint value) => With(name, value.IsNone ? null : value.ToString());

    public VerdictText With(string name, int value) => With(name, value == 0 ? null : value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public Verdict Of(string sentence) => new(code, sentence, _evidence.ToImmutable());
}

/// <summary>How verdicts name who takes part.</summary>
internal static class Parties
{
    /// <summary>A target that is no peer and no user, and has no address.</summary>
    public const string Unnamed = "the target";

    /// <summary>Who called: user, peer, else an address.</summary>
    public static string Caller(CallRecord record) => record.FromUser is { } user ? $"user '{user}'" : record.FromPeer is { } peer ? $"peer '{peer}'" : $"{record.CallerAt}";

    /// <summary>Who was asked last: user, peer, else an address.</summary>
    public static string Target(CallRecord record) =>
        record.ToUser is { } user ? $"user '{user}'" : record.ToPeer is { } peer ? $"peer '{peer}'" : record.TargetAt.IsNone ? Unnamed : record.TargetAt.ToString();

    /// <summary>With its address, where that is known.</summary>
    public static string TargetAt(CallRecord record) => record.TargetAt.IsNone || (record.ToUser ?? record.ToPeer) is null ? Target(record) : $"{Target(record)} at {record.TargetAt}";

    public static string Side(bool isCaller) => isCaller ? "caller" : "callee";
}
