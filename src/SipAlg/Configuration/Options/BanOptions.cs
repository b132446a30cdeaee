using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Options;

/// <summary>Sources that misbehave.</summary>
internal sealed class BanOptions
{
    public bool IsOff { get; private init; }
    public IReadOnlyList<Located<IpNetwork>> Allow { get; private set; } = [];
    public Located<TimeSpan>? First { get; private set; }
    public Located<TimeSpan>? Longest { get; private set; }
    public Located<string>? Scanners { get; private set; }
    public IReadOnlyList<Located<string>> Premium { get; private set; } = [];
    public Located<bool>? InKernel { get; private set; }

    private static readonly ObjectShape<BanOptions> Mapping = new ObjectShape<BanOptions>(_ => new BanOptions())
        .Key("allow", new ListShape<IpNetwork>(Scalars.Network, allowsOne: true, allowsNone: true), (o, v) => o.Allow = v.Value, "Never banned, whatever comes from there.", "none but peers")
        .Key("first", Durations.Between("10s", "1d"), (o, v) => o.First = v, "How long the first ban of a source lasts; each further one lasts four times as long.", "10m")
        .Key("longest", Durations.Between("10s", "30d"), (o, v) => o.Longest = v, "How long a ban lasts at most.", "24h")
        .Key("scanners", Scalars.Path, (o, v) => o.Scanners = v, "A file with marks of scanners, besides those that the program knows: lines of header,contains,who.", "none")
        .Key("premium", new ListShape<string>(FraudOptions.Prefix, allowsOne: true), (o, v) => o.Premium = v.Value, "Beginnings of numbers that cost: who calls them without proving to be anybody is banned sooner.", "none")
        .Key("nftables", new ChoiceShape<bool>([("on", true), ("off", false)]), (o, v) => o.InKernel = v, "Whether bans are elements of nftables sets too: on or off.", "off");

    public static Shape<BanOptions> Shape { get; } = new EitherShape<BanOptions>(
        "a mapping, or off", new MappedShape<bool, BanOptions>(new ChoiceShape<bool>([("off", true)]), _ => new BanOptions { IsOff = true }), mapping: Mapping);
}
