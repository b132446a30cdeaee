using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>A realm's <c>keep_alive</c>: a time, <c>off</c>, or a mapping with the way too.</summary>
internal sealed class KeepAliveOptions
{
    public Located<TimeSpan?>? Every { get; private set; }
    public Located<KeepAliveKind>? By { get; private set; }

    private static Shape<TimeSpan?> Time => Durations.BetweenOrOff("5s", "10m");

    public static Shape<KeepAliveOptions> Shape { get; } = new EitherShape<KeepAliveOptions>(
        "a duration, off, or a mapping with every and by",
        new MappedShape<TimeSpan?, KeepAliveOptions>(Time, every => new KeepAliveOptions { Every = new Located<TimeSpan?>(every, default) }),
        mapping: new ObjectShape<KeepAliveOptions>(_ => new KeepAliveOptions())
            .Key("every", Time, (o, v) => o.Every = v, "Between two pings over UDP; over connections four times as long.", "25s")
            .Key("by", new ChoiceShape<KeepAliveKind>([("options", KeepAliveKind.Options), ("crlf", KeepAliveKind.Crlf)]), (o, v) => o.By = v, "What is sent over UDP.", "options"));

    /// <summary>Null: nothing is sent.</summary>
    public KeepAliveRule? Build()
    {
        var usual = KeepAliveRule.Default;
        var every = Every is { } written ? written.Value : usual.Every;
        return every is { } time ? new KeepAliveRule(time, By?.Value ?? usual.Kind) : null;
    }
}
