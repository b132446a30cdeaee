using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Dialplans;

internal sealed class WhenOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public IReadOnlyList<Located<string>> Realm { get; private set; } = [];
    public IReadOnlyList<Located<string>> Peer { get; private set; } = [];
    public IReadOnlyList<Located<string>> User { get; private set; } = [];
    public IReadOnlyList<Located<string>> Method { get; private set; } = [];
    public IReadOnlyList<Located<string>> Domain { get; private set; } = [];
    public IReadOnlyList<Located<IpNetwork>> Source { get; private set; } = [];
    public Located<NumbersOptions>? Called { get; private set; }
    public Located<NumbersOptions>? Caller { get; private set; }
    public IReadOnlyList<Named<RouteRegex>> Headers { get; private set; } = [];
    public IReadOnlyList<Located<TimeWindow>> Time { get; private set; } = [];
    public Located<string>? Holidays { get; private set; }
    public WhenOptions? Not { get; private set; }

    public static ObjectShape<WhenOptions> Shape { get; } = Conditions().Key("not", Conditions(), (o, v) => o.Not = v.Value, "Conditions that must not all hold.");

    private static ObjectShape<WhenOptions> Conditions() => new ObjectShape<WhenOptions>(at => new WhenOptions(at))
        .Key("realm", OneOrMore(Scalars.Name), (o, v) => o.Realm = v.Value, "Realm in which the request arrived, or a list.")
        .Key("peer", OneOrMore(Scalars.Name), (o, v) => o.Peer = v.Value, "Peer that the request came from, or a list.")
        .Key("user", OneOrMore(Scalars.Name), (o, v) => o.User = v.Value, "User that the sender has proven to be, or a list.")
        .Key("caller", NumbersOptions.Shape, (o, v) => o.Caller = v, "The caller's number.")
        .Key("called", NumbersOptions.Shape, (o, v) => o.Called = v, "The called number.")
        .Key("domain", OneOrMore(Scalars.HostName), (o, v) => o.Domain = v.Value, "Host of the Request-URI, or a list.")
        .Key("method", OneOrMore(Matching.Method), (o, v) => o.Method = v.Value, "SIP method, or a list.")
        .Key("source", OneOrMore(Scalars.Network), (o, v) => o.Source = v.Value, "Address block of the sender, or a list.")
        .Key("headers", new MapShape<RouteRegex>(Matching.Regex, HeaderNames.TokenFault, names: HeaderNames.Schema), (o, v) => o.Headers = v.Value, "Regular expressions by header name.")
        .Key("time", OneOrMore(Matching.Time), (o, v) => o.Time = v.Value, "Days, times and a zone, as Mon-Fri 08:00-18:00 Europe/Berlin, or a list.")
        .Key("holidays", Scalars.Path, (o, v) => o.Holidays = v, "File of days on which only windows of 'time' hold that name Hol.", "none");

    private static ListShape<T> OneOrMore<T>(Shape<T> shape) => new(shape, allowsOne: true);
}
