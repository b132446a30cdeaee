using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Options;

internal sealed class AdminOptions
{
    public Located<IpEndpoint>? Listen { get; private set; }
    public Located<Secret>? Token { get; private set; }
    public Located<Secret>? ReadToken { get; private set; }
    public MetricsOptions? Metrics { get; private set; }

    /// <summary>Names of a proxy before it; empty without.</summary>
    public IReadOnlyList<Located<string>> Hosts { get; private set; } = [];

    public static ObjectShape<AdminOptions> Shape { get; } = new ObjectShape<AdminOptions>(_ => new AdminOptions())
        .Key("listen", Scalars.Endpoint, (o, v) => o.Listen = v, "Address and port of the admin server; port 0 takes any free one.", "127.0.0.1:8080")
        .Key("token", SecretShape.Token, (o, v) => o.Token = v, "Bearer token that may change things; required unless listen is loopback.")
        .Key("read_token", SecretShape.Token, (o, v) => o.ReadToken = v, "Bearer token that may look.")
        .Key("hosts", new ListShape<string>(Scalars.HostName, allowsOne: true), (o, v) => o.Hosts = v.Value, "Names that the admin server is asked for by, where a proxy stands before it.", "none: its address, or localhost")
        .Key("metrics", MetricsOptions.Shape, (o, v) => o.Metrics = v.Value, "/metrics for Prometheus on an address of its own.", "with admin, read_token");
}

internal sealed class MetricsOptions
{
    public Located<IpEndpoint>? Listen { get; private set; }
    public Located<Secret>? Token { get; private set; }

    public static ObjectShape<MetricsOptions> Shape { get; } = new ObjectShape<MetricsOptions>(_ => new MetricsOptions())
        .Required("listen", Scalars.Endpoint, (o, v) => o.Listen = v, "Address and port of /metrics; port 0 takes any free one.")
        .Key("token", SecretShape.Token, (o, v) => o.Token = v, "Bearer token of the scraper, or open for none.", "admin's read_token");
}
