using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>What a realm does with REGISTER: keeps the bindings itself, for so long, or passes them on to a peer that does.</summary>
internal sealed class RegistrationsOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public Located<string>? RelayTo { get; private set; }
    public Located<TimeSpan>? UpstreamExpires { get; private set; }
    public Located<TimeSpan>? PhoneExpires { get; private set; }
    public Located<TimeSpan>? DefaultExpires { get; private set; }
    public Located<TimeSpan>? MinExpires { get; private set; }
    public Located<TimeSpan>? MaxExpires { get; private set; }
    public Located<IReadOnlyList<Located<PeerAddress>>>? ServiceRoute { get; private set; }

    public static ObjectShape<RegistrationsOptions> Shape { get; } = new ObjectShape<RegistrationsOptions>(at => new RegistrationsOptions(at))
        .Key("relay_to", Scalars.Name, (o, v) => o.RelayTo = v, "The peer that is the registrar of this realm's phones and checks their passwords.", "none: the gateway is it")
        .Key("upstream_expires", Durations.Between("60s", "1d"), (o, v) => o.UpstreamExpires = v, "How long that peer is asked to register a phone for.", "10m")
        .Key("phone_expires", Durations.Between("10s", "1d"), (o, v) => o.PhoneExpires = v, "How long a phone is told at most that it is registered there for.", "60s")
        .Key("default_expires", Durations.Between("1s", "7d"), (o, v) => o.DefaultExpires = v, "How long the gateway registers a phone that asks for no time.", "10m")
        .Key("min_expires", Durations.Between("1s", "7d"), (o, v) => o.MinExpires = v, "The shortest time that it registers for; less is answered 423.", "60s")
        .Key("max_expires", Durations.Between("1s", "7d"), (o, v) => o.MaxExpires = v, "The longest time that it registers for; more is cut.", "1h")
        .Key("service_route", new ListShape<PeerAddress>(SipAddresses.Shape, allowsOne: true), (o, v) => o.ServiceRoute = v, "SIP URIs of the proxies that phones shall send their requests by (RFC 3608).", "none: they come as they registered");
}
