using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Dialplans;

/// <summary>What a dialplan file says.</summary>
internal sealed class DialplanOptions
{
    public IReadOnlyList<Located<DialplanRouteOptions>> Routes { get; private set; } = [];
    public IReadOnlyList<Located<TestOptions>> Tests { get; private set; } = [];

    /// <summary>The whole file.</summary>
    public ConfigNode? Node { get; set; }

    public static ObjectShape<DialplanOptions> Shape { get; } = new ObjectShape<DialplanOptions>(_ => new DialplanOptions())
        .Required("routes", new ListShape<DialplanRouteOptions>(DialplanRouteOptions.Shape, allowsNone: true), (o, v) => o.Routes = v.Value, "The first route whose every condition matches decides.")
        .Key("tests", new ListShape<TestOptions>(TestOptions.Shape, allowsNone: true), (o, v) => o.Tests = v.Value, "Requests and what they must lead to; run by check.")
        .Free("x-");
}
