using System.Globalization;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Dialplans;

/// <summary>A test that stands in a dialplan.</summary>
internal sealed class TestOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public TestRequestOptions Request { get; private set; } = new(at);
    public ExpectOptions Expect { get; private set; } = new(at);

    public static ObjectShape<TestOptions> Shape { get; } = new ObjectShape<TestOptions>(at => new TestOptions(at))
        .Required("request", TestRequestOptions.Shape, (o, v) => o.Request = v.Value, "What arrives.")
        .Required("expect", ExpectOptions.Shape, (o, v) => o.Expect = v.Value, "What the dialplan must make of it.");
}

internal sealed class TestRequestOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public Located<string>? Realm { get; private set; }
    public Located<string>? Peer { get; private set; }
    public Located<string>? User { get; private set; }
    public Located<string>? Called { get; private set; }
    public Located<string>? Caller { get; private set; }
    public Located<string>? Domain { get; private set; }
    public Located<string>? Method { get; private set; }
    public Located<IpAddress>? Source { get; private set; }
    public Located<DateTimeOffset>? Time { get; private set; }
    public IReadOnlyList<Named<string>> Headers { get; private set; } = [];

    private static readonly ScalarShape<DateTimeOffset> TimeShape = new("a time", text =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
            ? time
            : Parsed<DateTimeOffset>.Bad("is no time", "write it as 2026-03-02T09:00+01:00"));

    public static ObjectShape<TestRequestOptions> Shape { get; } = new ObjectShape<TestRequestOptions>(at => new TestRequestOptions(at))
        .Key("realm", Scalars.Name, (o, v) => o.Realm = v, "Realm in which it arrives.", "the peer's, or the only realm")
        .Key("peer", Scalars.Name, (o, v) => o.Peer = v, "Peer that it comes from.", "none")
        .Key("user", Scalars.Name, (o, v) => o.User = v, "User that sends it.", "none")
        .Required("called", Scalars.Text, (o, v) => o.Called = v, "The called number.")
        .Key("caller", Scalars.Text, (o, v) => o.Caller = v, "The caller's number.", "empty")
        .Key("domain", Scalars.Text, (o, v) => o.Domain = v, "Host of the Request-URI.", "empty")
        .Key("method", Matching.Method, (o, v) => o.Method = v, "SIP method.", "INVITE")
        .Key("source", Scalars.Address, (o, v) => o.Source = v, "Address that it comes from.", "none")
        .Key("headers", new MapShape<string>(Scalars.Text, HeaderNames.TokenFault, names: HeaderNames.Schema), (o, v) => o.Headers = v.Value, "Headers by name.")
        .Key("at", TimeShape, (o, v) => o.Time = v, "When it arrives; without an offset in this host's zone.", "now");
}

internal sealed class ExpectOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public Located<string>? Route { get; private set; }
    public IReadOnlyList<Located<string>>? To { get; private set; }
    public Located<int>? Status { get; private set; }
    public Located<string>? Called { get; private set; }
    public Located<string>? Caller { get; private set; }
    public IReadOnlyList<Named<string?>> Headers { get; private set; } = [];

    public static ObjectShape<ExpectOptions> Shape { get; } = new ObjectShape<ExpectOptions>(at => new ExpectOptions(at))
        .Key("route", Scalars.Text, (o, v) => o.Route = v, "Name of the route that decides.")
        .Key("to", new ListShape<string>(Scalars.Text, allowsOne: true), (o, v) => o.To = v.Value, "Peers, users, URIs and services in the order of priority, each by its name.")
        .Key("status", Scalars.Integer(400, 699), (o, v) => o.Status = v, "Status of the refusal; 404 when no route matches.")
        .Key("called", Scalars.Text, (o, v) => o.Called = v, "The called number that leaves.")
        .Key("caller", Scalars.Text, (o, v) => o.Caller = v, "The caller's number that leaves.")
        .Key("headers", new MapShape<string?>(new NullableShape<string>(Scalars.Text), HeaderNames.TokenFault, names: HeaderNames.Schema), (o, v) => o.Headers = v.Value, "Headers that the route sets; null: removes.");
}
