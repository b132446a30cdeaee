using System.Collections.Immutable;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Testing.Calls;

/// <summary>
/// Three realms (inside, outside, and one over IPv6) with the peers alice, bob, carol and dave. What comes from inside goes to bob,
/// what comes from elsewhere to alice; "echo" and "tone" are the services.
/// </summary>
public sealed class SceneModel
{
    public const int Inside = 0;
    public const int Outside = 1;
    public const int Six = 2;
    private const int FirstMediaPort = 20000;
    private static int _scenes;

    private readonly SceneOptions _options;

    public SceneModel(SceneOptions options)
    {
        _options = options;
        var scene = Interlocked.Increment(ref _scenes);
        InsideAddress = $"127.81.{(scene >> 8) & 255}.{scene & 255}";
        OutsideAddress = $"127.82.{(scene >> 8) & 255}.{scene & 255}";
        Realms = [options.Realm(NewRealm(Inside, "inside", InsideAddress)), options.Realm(NewRealm(Outside, "outside", OutsideAddress)), options.Realm(NewRealm(Six, "six", "::1"))];
        Peers =
        [
            NewPeer(0, "alice", Inside, SceneModel.AliceAddress), NewPeer(1, "bob", Outside, BobAddress),
            NewPeer(2, "carol", Outside, CarolAddress), NewPeer(3, "dave", Six, DaveAddress),
        ];
        Realms = [.. Realms.Select(realm => realm with { Relay = options.Relay(this, realm) })];
        Gateway = new GatewayModel
        {
            Realms = Realms,
            Peers = Peers,
            Dialplan = new RouteTable([.. options.Routes(this), .. options.UsualRoutes(UsualRoutes())], new Random(1)),
            Sip = new SipSettings(TimeSpan.FromMilliseconds(CallScene.T1)),
            Calls = options.Calls,
        };
    }

    public const string AliceAddress = "127.91.0.10";
    public const string BobAddress = "127.92.0.20";
    public const string CarolAddress = "127.92.0.30";
    public const string DaveAddress = "::1";

    public string InsideAddress { get; }
    public string OutsideAddress { get; }
    public ImmutableArray<Realm> Realms { get; }
    public ImmutableArray<Peer> Peers { get; }
    public GatewayModel Gateway { get; }
    public Peer Alice => Peers[0];
    public Peer Bob => Peers[1];
    public Peer Carol => Peers[2];
    public Peer Dave => Peers[3];

    /// <summary>UDP and TCP of each realm, in their order.</summary>
    public IReadOnlyList<ListenerOptions> Listeners =>
        [.. Realms.SelectMany(realm => realm.Listen.Select(listen => new ListenerOptions(realm.Name, realm.Index, listen.Transport, listen.Endpoint)))];

    /// <summary>A realm that listens for TLS too.</summary>
    public static Realm Secured(Realm realm) => realm with { Listen = realm.Listen.Add(new ListenAddress(Transport.Tls, realm.Listen[0].Endpoint.WithPort(5061))) };

    private Realm NewRealm(int index, string name, string address) => new()
    {
        Index = index,
        Name = name,
        Listen = [.. new[] { Transport.Udp, Transport.Tcp }.Select(transport => new ListenAddress(transport, Endpoint(address, 5060)))],
        Advertise = AdvertiseRule.Local,
        Latching = Latching.Symmetric,
        Media = new RealmMedia { FirstPort = (ushort)(FirstMediaPort + (index * 2000)), LastPort = (ushort)(FirstMediaPort + (index * 2000) + (2 * _options.MediaPairs) - 1) },
    };

    private Peer NewPeer(int index, string name, int realm, string address)
    {
        var ip = IpAddress.Parse(address);
        return _options.Peer(new Peer
        {
            Index = index,
            Name = name,
            Realm = realm,
            Address = new PeerAddress { Host = address, Ip = ip, Port = PortOf(name) },
            AcceptFrom = [new IpNetwork(ip, ip.IsV4 ? 32 : 128)],
        });
    }

    /// <summary>Dave shares ::1 with the gateway.</summary>
    private static ushort PortOf(string name) => name == "dave" ? (ushort)5070 : (ushort)5060;

    public static IpEndpoint Endpoint(string address, ushort port) => new(IpAddress.Parse(address), port);

    private IEnumerable<Route> UsualRoutes() =>
    [
        Route("echo", [Called("echo")], Service(ServiceKind.Echo)),
        Route("tone", [Called("tone")], Service(ServiceKind.Tone)),
        Route("barred", [Called("barred")], new Rejection(403, "Barred")),
        Route("six", [Called("dave")], To(Dave)),
        Route("out", [new RealmCondition([Realms[Inside]])], To(Bob)),
        Route("in", [new RealmCondition([Realms[Outside], Realms[Six]])], To(Alice)),
    ];

    public static Condition Called(params string[] numbers) => new NumberCondition(true, new ListedNumbers([.. numbers]));

    public static RouteTarget To(Peer peer) => new() { Kind = TargetKind.Peer, Peer = peer, Realm = peer.Realm };

    public static RouteTarget Service(ServiceKind kind) => new() { Kind = TargetKind.Service, Service = kind, Realm = -1 };

    public static RouteHead Head(string name, Condition[] conditions, StatusSet? tryNextOn = null, bool isEmergency = false) =>
        new(name, isEmergency, [.. conditions], tryNextOn ?? StatusSet.Default, "scene:1");

    public static Route Route(string name, Condition[] conditions, params RouteTarget[] targets) =>
        Dialplan(Head(name, conditions), RouteEdits.None, targets);

    public static Route Route(string name, Condition[] conditions, Rejection rejection) =>
        SipAlg.Calls.Dialplan.Route.Reject(Head(name, conditions), rejection);

    public static Route Dialplan(RouteHead head, RouteEdits edits, params RouteTarget[] targets) =>
        SipAlg.Calls.Dialplan.Route.Deliver(head, edits, [.. targets], [.. targets.Select(target => (target.Uri ?? target.User) is { } text ? Template(text) : null)]);

    public static Template Template(string text) =>
        SipAlg.Calls.Dialplan.Template.TryParse(text, out var template) ? template! : throw new SceneException($"No template: {text}");
}
