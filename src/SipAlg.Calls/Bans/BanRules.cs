using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Bans;

/// <summary>What the configuration says of bans. Immutable; a reload puts another one in its place.</summary>
public sealed record BanRules
{
    /// <summary>What holds where nothing is written.</summary>
    public static BanRules Usual { get; } = new();

    public static BanRules Off { get; } = new() { IsOn = false };

    public bool IsOn { get; init; } = true;

    /// <summary>Of the first ban of a source; each further one lasts four times as long.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMinutes(10);
    public TimeSpan Longest { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Of a source that may be forged.</summary>
    public static TimeSpan LongestUnproven { get; } = TimeSpan.FromHours(1);

    /// <summary>Bans that may stand at once.</summary>
    public int Most { get; init; } = 10_000;

    /// <summary>Never banned.</summary>
    public ImmutableArray<IpNetwork> Allow { get; init; } = [];

    /// <summary>Marks of known scanners.</summary>
    public ScannerSignatures Scanners { get; init; } = ScannerSignatures.Known;

    /// <summary>Beginnings of numbers that cost.</summary>
    public ImmutableArray<string> Premium { get; init; } = [];

    public bool IsAllowed(IpAddress source)
    {
        foreach (var network in Allow)
        {
            if (network.Contains(source))
            {
                return true;
            }
        }

        return false;
    }
}
