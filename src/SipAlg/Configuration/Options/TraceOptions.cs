using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

internal sealed class TraceOptions
{
    /// <summary>Octets; null inside it for off.</summary>
    public Located<long?>? Memory { get; private set; }

    /// <summary>Null inside it for off.</summary>
    public Located<TimeSpan?>? Series { get; private set; }

    public static ObjectShape<TraceOptions> Shape { get; } = new ObjectShape<TraceOptions>(_ => new TraceOptions())
        .Key("memory", Sizes.BetweenOrOff("4MiB", "64GiB"), (o, v) => o.Memory = v, "Memory for the messages of recent calls, or off.", "64MiB")
        .Key("series", Durations.BetweenOrOff("1s", "60s"), (o, v) => o.Series = v, "How often it is looked at how the media of a call comes, or off.", "5s")
        .NotBuilt("hep");
}
