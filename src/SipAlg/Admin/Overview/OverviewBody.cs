using System.Text.Json.Serialization;

namespace SipAlg.Admin.Overview;

/// <summary>How the gateway is now, and how it was in the last quarter of an hour.</summary>
internal sealed record OverviewBody
{
    public required DateTimeOffset At { get; init; }
    public required string Version { get; init; }
    public required DateTimeOffset Started { get; init; }
    public required double UptimeSeconds { get; init; }
    public required bool Draining { get; init; }

    /// <summary>When the calls that still stand are ended, or were; null without a deadline.</summary>
    public required DateTimeOffset? DrainDeadline { get; init; }
    public required bool Stopping { get; init; }
    public required ReloadState LastReload { get; init; }
    public required int CallsActive { get; init; }

    /// <summary>Begun in a second, over the last ten.</summary>
    public required double CallsPerSecond { get; init; }

    /// <summary>Calls that ended in the last five minutes.</summary>
    [JsonPropertyName("last_5_minutes")]
    public required CallQuotas Last5Minutes { get; init; }

    [JsonPropertyName("last_60_minutes")]
    public required CallQuotas Last60Minutes { get; init; }
    public required int RegistrationsActive { get; init; }
    public required int PeersUp { get; init; }
    public required int PeersTotal { get; init; }
    public required IReadOnlyList<RealmFigures> Realms { get; init; }

    /// <summary>Processors in use, over the last ten seconds: 0.5 is half of one.</summary>
    public required double CpuCores { get; init; }

    /// <summary>Processors that there are.</summary>
    public required int Cpus { get; init; }

    /// <summary>What 99 of 100 turns of the relay kept to, of the worst of the last ten seconds; 0 if there were none.</summary>
    public required double RelayDelaySeconds { get; init; }

    /// <summary>The same of how long inputs waited for their lane.</summary>
    public required double LaneDelaySeconds { get; init; }
    public required long MemoryBytes { get; init; }
    public required FigureSeries Series { get; init; }
}

/// <param name="Success">False: it was refused, and what ran before goes on.</param>
internal sealed record ReloadState(bool Success, DateTimeOffset At);

/// <param name="Calls">That ended.</param>
/// <param name="AnswerSeizureRatio">Of them were answered; null if there were none.</param>
/// <param name="NetworkEffectiveness">Of them were answered, or failed for what the called user or the caller did; null if there were none.</param>
internal sealed record CallQuotas(long Calls, long Answered, double? AnswerSeizureRatio, double? NetworkEffectiveness)
{
    private const int Digits = 4;

    public static CallQuotas Of(CallCounts counts) => new(counts.Calls, counts.Answered, Share(counts.Answered, counts.Calls), Share(counts.Effective, counts.Calls));

    private static double? Share(long part, long whole) => whole == 0 ? null : Math.Round(part / (double)whole, Digits);
}

/// <param name="Registrations">Contacts that came from it.</param>
internal sealed record RealmFigures(string Name, int Registrations, long PortsInUse, long PortsCapacity);

/// <summary>What is drawn: a value for each step, the oldest first, all lists of one length.</summary>
internal sealed record FigureSeries
{
    public required int StepSeconds { get; init; }

    /// <summary>When the last step ended.</summary>
    public required DateTimeOffset Until { get; init; }
    public required IReadOnlyList<int> CallsActive { get; init; }
    public required IReadOnlyList<double> CallsPerSecond { get; init; }
    public required IReadOnlyList<double> CpuCores { get; init; }
    public required IReadOnlyList<double> RelayDelaySeconds { get; init; }
    public required IReadOnlyList<double> LaneDelaySeconds { get; init; }
    public required IReadOnlyList<long> MemoryBytes { get; init; }
    public required IReadOnlyList<int> Registrations { get; init; }
}
