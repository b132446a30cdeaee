using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>
/// The gateway between two networks: callers in one, callees in the other, so that an address of one is told from the
/// other's at sight. Who is called by which number is the test class's.
/// </summary>
public abstract class TwoSides : GatewayFixture
{
    /// <summary>Callers: those who may call in.</summary>
    internal static string CallerAddress { get; } = Networks.Outside(20);

    /// <summary>Somebody in the callers' network whom the gateway does not know.</summary>
    internal static string StrangerAddress { get; } = Networks.Outside(99);

    internal static string CalleeAddress { get; } = Networks.Inside(20);

    public IPEndPoint Outside { get; } = Ports.Free(Networks.Outside(1));
    public IPEndPoint Inside { get; } = Ports.Free(Networks.Inside(1));
    public IPEndPoint InsideV6 { get; } = Ports.Free("::1");

    private readonly List<string> _peers = [];
    private readonly List<string> _routes = [];
    private int _number = 100;

    /// <summary>A peer inside, which may call too if it is said so, and the number that calls it; <paramref name="settings"/> are further keys of the peer.</summary>
    internal Callee AddCallee(string name, string? address = null, string? transport = "udp", string settings = "", string realm = "inside", bool mayCall = false)
    {
        var endpoint = Ports.Free(address ?? CalleeAddress);
        var uri = transport is null ? $"sip:{endpoint}" : $"sip:{endpoint};transport={transport}";
        // baresip sends media from whatever source the system chooses, which on loopback is this one.
        _peers.Add($"  {name}: {{ realm: {realm}, address: '{uri}', accept_from: {(mayCall ? endpoint.Address : "[]")}, media_from: 127.0.0.1/32{settings} }}");
        var callee = new Callee(name, AddRoute($"peer: {name}"), endpoint, transport == "tcp");
        return callee;
    }

    /// <summary>A peer inside whose address is a host name.</summary>
    internal Callee AddNamedCallee(string name, string uri, IPEndPoint endpoint, string realm)
    {
        _peers.Add($"  {name}: {{ realm: {realm}, address: '{uri}', media_from: 127.0.0.1/32 }}");
        return new Callee(name, AddRoute($"peer: {name}"), endpoint, IsTcp: false);
    }

    /// <summary>A caller of its own at this address; <paramref name="settings"/> are further keys of the peer.</summary>
    internal string AddCaller(string name, string address, string settings)
    {
        _peers.Add($"  {name}: {{ realm: outside, address: 'sip:{address}', accept_from: {address}/32, media_from: 127.0.0.1/32{settings} }}");
        return address;
    }

    /// <summary>A route to the targets, in this order, and the number that takes it.</summary>
    internal string AddRoute(params string[] targets) => AddRouteWith("", targets);

    /// <summary>Likewise; <paramref name="settings"/> are further keys of the route.</summary>
    internal string AddRouteWith(string settings, params string[] targets) => AddRouteFrom("outside", settings, targets);

    internal string AddRouteFrom(string realm, string settings, params string[] targets)
    {
        var number = $"{_number++}";
        _routes.Add($"  - {{ name: to {number}, when: {{ realm: {realm}, called: ['{number}'] }}, to: [ {string.Join(", ", targets.Select(target => $"{{ {target} }}"))} ]{settings} }}");
        return number;
    }

    internal override string Configuration => $"""
        realms:
          outside:
            listen: ['udp://{Outside}', 'tcp://{Outside}']
            media: {PortsOf(20000)}
          inside:
            listen: ['udp://{Inside}', 'tcp://{Inside}']
            media: {PortsOf(24000)}
          inside_v6:
            listen: ['udp://{InsideV6}']
            media: {PortsOf(28000)}
        peers:
          callers: {"{"} realm: outside, address: 'sip:{CallerAddress}', accept_from: [{Networks.Outside(16)}/28, 127.0.0.1/32], media_from: 127.0.0.1/32 {"}"}
        {string.Join('\n', _peers)}
        """;

    internal override string Dialplan => $"routes:\n{string.Join('\n', _routes)}\n";

    internal override SipProbe Probe => new(IPAddress.Parse(CallerAddress), Outside);

    private static string PortsOf(int first) => $"{{ ports: {first}-{first + 3999} }}";

    /// <summary>Calls from outside.</summary>
    internal SippRun Call(ScenarioFolder folder, ISippScenario scenario, string called, bool isTcp = false, string? from = null) =>
        SippRun.Call(folder, new SippOptions(scenario, Ports.Free(from ?? CallerAddress)) { Remote = Outside, Called = called, IsTcp = isTcp });

    internal static Task<SippRun> AnswerAsync(ScenarioFolder folder, ISippScenario scenario, Callee callee) =>
        SippRun.AnswerAsync(folder, new SippOptions(scenario, callee.Endpoint) { IsTcp = callee.IsTcp, Calls = scenario is SippScript script ? script.Calls : 1 });

    /// <summary>One call by these scenarios; both must go as written.</summary>
    internal async Task TalkAsync(ScenarioFolder folder, SippScenario caller, SippScenario called, Callee callee, bool isTcp = false)
    {
        await using var answering = await AnswerAsync(folder, called, callee);
        await using var calling = Call(folder, caller, callee.Number, isTcp);
        await SippRun.AllSucceedAsync(calling, answering);
    }
}

/// <summary>A peer of the gateway, the number that leads to it, and where it listens.</summary>
internal sealed record Callee(string Name, string Number, IPEndPoint Endpoint, bool IsTcp);
