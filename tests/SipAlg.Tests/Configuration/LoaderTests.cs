using Microsoft.Extensions.Logging;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Configuration;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

public sealed class LoaderTests
{
    private readonly ConfigurationBench _bench = new();

    [Fact]
    public void Everything_that_is_written_stands_in_the_model()
    {
        var loaded = Load(
            """
            admin: { listen: 0.0.0.0:8080, token: '${NAME}', read_token: look, metrics: { listen: 0.0.0.0:9090, token: open } }
            realms:
              phones:
                listen: [udp://0.0.0.0:5060, 'tcp://[::]:5060', 'udp://[::1]']
                advertise: { address: [203.0.113.10, '2001:db8::1'], except: [10.0.0.0/8] }
                media: { bind: [10.0.0.5, 'fd00::5'], advertise: 203.0.113.11, ports: 12000-12999, dscp: ef, reserve: 10 }
                latching: strict
              core:
                listen: udp://10.0.1.5:5080
                advertise: gw.example
                media: { ports: 20000-29999 }
            peers:
              pbx:
                realm: core
                address: 'sip:10.0.1.10:5070;transport=udp'
                accept_from: [10.0.1.10/32, 10.0.2.0/24]
                match: { domain: [pbx.example.com] }
                media_from: 10.0.3.0/24
                domain: pbx.example.com
                limits: { calls: 200, calls_per_second: 20/s }
                large_requests: tcp
                caller_in: [rpid, ppi]
                called_from: p_called_party_id
            dialplan: d.yaml
            media: { fast_path: off, sockets: shared, relay_priority: fifo }
            sip: { t1: 50ms, dns: [10.0.0.53, '[2001:db8::53]:5353'] }
            calls: { no_answer: 1m30s, max_duration: off, session_expires: 90s, stop_wait: 10s, media_timeout: off, hold_timeout: 2h }
            state: { folder: keep }
            trace: { series: 2s }
            cdr: { file: cdr/calls.jsonl }
            logging: { level: warning, format: json }
            """);

        var phones = loaded.Model.Realms[0];
        Assert.Equal(["udp://0.0.0.0:5060", "tcp://[::]:5060", "udp://[::1]:5060"], phones.Listen.Select(listen => listen.ToString()));
        Assert.Equal(("203.0.113.10", "2001:db8::1", "10.0.0.0/8"), (phones.Advertise.V4.ToString(), phones.Advertise.V6.ToString(), phones.Advertise.Except[0].ToString()));
        Assert.Equal(("10.0.0.5", "fd00::5", "203.0.113.11", true), (phones.Media.BindV4.ToString(), phones.Media.BindV6.ToString(), phones.Media.AdvertiseV4.ToString(), phones.Media.AdvertiseV6.IsNone));
        Assert.Equal((12000, 12999, 10, Latching.Strict), (phones.Media.FirstPort, phones.Media.LastPort, phones.Media.Reserve, phones.Latching));
        Assert.Equal((46, 0), (phones.Media.Dscp, loaded.Model.Realms[1].Media.Dscp));

        var core = loaded.Model.Realms[1];
        Assert.Equal((1, "core", "gw.example", true, Latching.Symmetric), (core.Index, core.Name, core.Advertise.HostName, core.Advertise.V4.IsNone, core.Latching));

        var pbx = Assert.Single(loaded.Model.Peers);
        Assert.Equal((0, 1, (Transport?)Transport.Udp, (ushort)5070), (pbx.Index, pbx.Realm, pbx.Address!.Transport, pbx.Address.Port));
        Assert.Equal(["10.0.1.10/32", "10.0.2.0/24"], pbx.AcceptFrom.Select(network => network.ToString()));
        Assert.Equal(("pbx.example.com", "10.0.3.0/24", "pbx.example.com", false), (pbx.MatchDomains[0], pbx.MediaFrom[0].ToString(), pbx.Domain, pbx.AcceptsResolvedAddress));
        Assert.Equal((new PeerLimits(200, 20), LargeRequests.Tcp, CalledSource.CalledPartyId), (pbx.Limits, pbx.LargeRequests, pbx.CalledFrom));
        Assert.Equal([CallerSource.RemotePartyId, CallerSource.PreferredIdentity], pbx.CallerIn.ToArray());

        Assert.Equal(new CallSettings(TimeSpan.FromSeconds(90), null, TimeSpan.FromSeconds(10)) { SessionExpires = TimeSpan.FromSeconds(90), HoldTimeout = TimeSpan.FromHours(2), SeriesStep = TimeSpan.FromSeconds(2) }, loaded.Model.Calls);
        Assert.Equal(TimeSpan.FromMilliseconds(50), loaded.Model.Sip.T1);
        Assert.Equal(("0.0.0.0:8080", "value", "look", "0.0.0.0:9090", null),
            (loaded.Host.Admin.Listen.ToString(), loaded.Host.Admin.Token, loaded.Host.Admin.ReadToken, loaded.Host.Admin.Metrics!.Listen.ToString(), loaded.Host.Admin.Metrics.Token));
        Assert.Equal((new MediaSettings(FastPath.Off, MediaSockets.Shared, RelayPriority.Fifo), LogLevel.Warning, LogFormat.Json), (loaded.Host.Media, loaded.Host.LogLevel, loaded.Host.LogFormat));
        Assert.EndsWith("/cdr/calls.jsonl", loaded.Host.Cdr.File!.Path, StringComparison.Ordinal);
        Assert.Equal(["10.0.0.53:53", "[2001:db8::53]:5353"], loaded.Host.NameServers.Select(server => server.ToString()));
        Assert.EndsWith("/keep", loaded.Host.StateFolder, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_of_a_peers_policy_stands_in_the_model()
    {
        var peer = LoadPart(
            """
            peers:
              p:
                realm: inside
                accept_from: 10.0.0.9
                trust: false
                forking: single
                transfer: gateway
                dtmf: rfc4733
                headers: { pass: [X-A, X-B], remove: User-Agent, add: { X-C: c, X-D: '${NAME}' } }
                codecs: { allow: [PCMA, opus/48000], remove: [CN], prefer: pcma }
                map_status: { 480: 486, 302: 603 }
            """).Model.Peers[0];

        Assert.Equal((false, true, TransferMode.Gateway, DtmfMode.Rfc4733), (peer.IsTrusted, peer.MergesForks, peer.Transfer, peer.Dtmf));
        Assert.Equal(["X-A", "X-B"], peer.Headers.Pass!.Value.ToArray());
        Assert.Equal(["User-Agent"], peer.Headers.Remove.ToArray());
        Assert.Equal([new("X-C", "c"), new("X-D", "value")], peer.Headers.Add.ToArray());
        Assert.Equal("allow PCMA, opus/48000; remove CN; prefer pcma", peer.Codecs.ToString());
        Assert.Equal((486, 603, 503), (peer.MapStatus[480], peer.MapStatus[302], peer.MapStatus[503]));
    }

    [Fact]
    public void Compact_header_names_mean_the_long_ones()
    {
        var model = _bench.LoadDialplan("routes: [ { when: { headers: { s: '^a$' } }, set: { headers: { y: null, r: '<sip:a@b.example>' } }, to: [ { service: echo } ] } ]").Configuration!.Model;
        var rules = LoadPart("peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: { pass: [s, n], remove: [b], add: { j: x } } } }").Model.Peers[0].Headers;

        var dryRun = new DryRun { Realm = model.Realms[0], Called = "1", At = default, Headers = [new("Subject", "a")] };
        Assert.Equal(["Identity", "Refer-To"], dryRun.Ask(model).Decision.Headers.Select(edit => edit.Name));
        Assert.Equal(["Subject", "Identity-Info"], rules.Pass!.Value.ToArray());
        Assert.Equal(("Referred-By", "Reject-Contact"), (rules.Remove[0], rules.Add[0].Name));
    }

    [Fact]
    public void An_empty_list_of_headers_to_pass_is_not_the_default()
    {
        var peers = LoadPart("peers:\n  a: { realm: inside, accept_from: 10.0.0.9, headers: { pass: [] } }\n  b: { realm: inside, accept_from: 10.0.0.8, headers: { remove: X-A } }").Model.Peers;

        Assert.Empty(peers[0].Headers.Pass!.Value);
        Assert.Null(peers[1].Headers.Pass);
    }

    [Fact]
    public void What_is_written_of_a_routes_rules_stands_in_the_model()
    {
        var model = _bench.LoadDialplan(
            """
            routes:
              - when: { realm: inside }
                set: { privacy: [critical, id] }
                to: [ { peer: pbx, priority: 1 }, { peer: carrier, priority: 1 }, { service: tone, priority: 2 } ]
                ring: all
                redirects: pass
                codecs: { remove: G729 }
                map_status: { 480: 486 }
              - { to: [ { service: echo }, { service: tone } ] }
            """).Configuration!.Model;
        var decision = model.Dialplan.Decide(new RouteRequest { Realm = 0 });
        var (route, targets) = (decision.Route!, decision.Targets);

        Assert.Equal((true, false, "remove G729"), (route.RingsAll, route.FollowsRedirects, route.Codecs.ToString()));
        Assert.Equal(PrivacyValues.Id | PrivacyValues.Critical, decision.Privacy);
        Assert.Equal((true, false), (route.RingsTogether(targets[0], targets[1]), route.RingsTogether(targets[1], targets[2])));

        var mapping = new Peer { Index = 0, Name = "a", Realm = 0, MapStatus = new StatusMap([new(480, 600), new(503, 502)]) };
        Assert.Equal((486, 502, 404), (route.StatusForCaller(mapping, 480), route.StatusForCaller(mapping, 503), route.StatusForCaller(mapping, 404)));
        Assert.Equal((486, 503), (route.StatusForCaller(null, 480), route.StatusForCaller(null, 503)));

        var plain = model.Dialplan.Decide(new RouteRequest { Realm = 1 });
        Assert.Equal((false, true, true, ""), (plain.Route!.RingsAll, plain.Route.FollowsRedirects, plain.Route.Codecs.IsEmpty, plain.Route.MapStatus.ToString()));
        Assert.Null(plain.Privacy);
        Assert.False(plain.Route.RingsTogether(plain.Targets[0], plain.Targets[1]));
    }

    [Fact]
    public void A_trunk()
    {
        var peers = Load("""
            realms: { a: { listen: udp://10.0.0.1 } }
            peers:
              p:
                realm: a
                address: sip:carrier.example
                outbound_proxy: sip:edge.example:5070;transport=tcp
                register: { aor: 'sip:4711@carrier.example', expires: 20m, contact_user: t4711 }
                ping: 30s
              q: { realm: a, domain: carrier.example, outbound_proxy: 'sip:192.0.2.1', register: { aor: 'sip:4712@carrier.example' }, called_from: to, ping: off }
            dialplan: d.yaml
            """).Model.Peers;
        Assert.Equal(("sip:edge.example:5070;transport=tcp", "sip:carrier.example"), ($"{peers[0].NextHop}", $"{peers[0].Address}"));
        Assert.Equal(("sip:4711@carrier.example", TimeSpan.FromMinutes(20), "t4711"), ($"{peers[0].Register!.Aor}", peers[0].Register!.Expires, peers[0].Register!.ContactUser));
        Assert.Equal((TimeSpan.FromSeconds(30), CalledSource.BehindContact), (peers[0].Ping, peers[0].CalledFrom));
        Assert.Equal((TimeSpan.FromMinutes(10), null, CalledSource.To, null), (peers[1].Register!.Expires, peers[1].Register!.ContactUser, peers[1].CalledFrom, peers[1].Ping));
    }

    /// <summary>The n-th of each family share ports, and what is shown belongs to the n-th that is bound.</summary>
    [Fact]
    public void Several_addresses_of_media_are_sets()
    {
        var loaded = Load(
            "realms: { a: { listen: udp://10.0.0.1, media: { bind: [10.0.0.1, 'fd00::1', 10.0.0.2, 10.0.0.3, 'fd00::2'], advertise: [203.0.113.1, 203.0.113.2, 203.0.113.3] } } }\ndialplan: d.yaml");

        var media = loaded.Model.Realms[0].Media;
        Assert.Equal(("10.0.0.1", "fd00::1", "203.0.113.1", true, 3), (media.BindV4.ToString(), media.BindV6.ToString(), media.AdvertiseV4.ToString(), media.AdvertiseV6.IsNone, media.Sets));
        Assert.Equal(("10.0.0.2", "fd00::2", "203.0.113.2", "fd00::2"), (media.Further[0].BindV4.ToString(), media.Further[0].BindV6.ToString(), media.Further[0].Shown(true).ToString(), media.Further[0].Shown(false).ToString()));
        Assert.Equal(("10.0.0.3", true, "203.0.113.3"), (media.Further[1].BindV4.ToString(), media.Further[1].BindV6.IsNone, media.Further[1].Shown(true).ToString()));
    }

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        var loaded = Load("realms: { a: { listen: udp://10.0.0.1 } }\npeers: { p: { realm: a, address: 'sip:b.example' } }\ndialplan: d.yaml");

        var realm = loaded.Model.Realms[0];
        Assert.Equal((10000, 19999, 0, AdvertiseRule.Local.HostName), (realm.Media.FirstPort, realm.Media.LastPort, realm.Media.Reserve, realm.Advertise.HostName));
        Assert.True(realm.Advertise.V4.IsNone && realm.Media.BindV4.IsNone && realm.Media.AdvertiseV4.IsNone);
        var peer = loaded.Model.Peers[0];
        Assert.True(peer.AcceptsResolvedAddress);
        Assert.Equal([CallerSource.AssertedIdentity, CallerSource.From], peer.CallerIn.ToArray());
        Assert.Equal((default(PeerLimits), LargeRequests.Auto, CalledSource.RequestUri, null), (peer.Limits, peer.LargeRequests, peer.CalledFrom, peer.Domain));
        Assert.Equal((true, false, TransferMode.Auto, DtmfMode.Pass), (peer.IsTrusted, peer.MergesForks, peer.Transfer, peer.Dtmf));
        Assert.Same(HeaderRules.None, peer.Headers);
        Assert.True(peer.Codecs.IsEmpty);
        Assert.Equal(480, peer.MapStatus[480]);
        Assert.Equal(new CallSettings(TimeSpan.FromMinutes(3), TimeSpan.FromHours(4), TimeSpan.Zero) { SessionExpires = TimeSpan.FromMinutes(30), MediaTimeout = TimeSpan.FromMinutes(1), SeriesStep = TimeSpan.FromSeconds(5) }, loaded.Model.Calls);
        Assert.Equal(TimeSpan.FromMilliseconds(500), loaded.Model.Sip.T1);
        Assert.Equal(("127.0.0.1:8080", null, null), (loaded.Host.Admin.Listen.ToString(), loaded.Host.Admin.Token, loaded.Host.Cdr.File));
        Assert.Equal((new MediaSettings(FastPath.Auto, MediaSockets.Auto, RelayPriority.Fair), LogLevel.Information, LogFormat.Text), (loaded.Host.Media, loaded.Host.LogLevel, loaded.Host.LogFormat));
    }

    [Theory]
    [InlineData("udp://homer.example", "udp://homer.example:9060", false)]
    [InlineData("tcp://10.0.0.70:9061", "tcp://10.0.0.70:9061", true)]
    [InlineData("udp://[2001:db8::70]", "udp://[2001:db8::70]:9060", false)]
    public void A_collector_is_read_and_its_key_is_shown_nowhere(string written, string target, bool isStream)
    {
        var loaded = Load($"{ConfigurationBench.Realms}\ndialplan: d.yaml\ntrace: {{ hep: '{written}', hep_id: 7, hep_password: s3cret, header: X-Call-Trace }}");
        var hep = loaded.Host.Hep!;
        Assert.Equal((target, isStream, 7U, "s3cret"), (hep.Target, hep.IsStream, hep.Id, hep.Password));
        Assert.DoesNotContain("s3cret", $"{hep} {loaded.Host}", StringComparison.Ordinal);
        Assert.Equal("X-Call-Trace", loaded.Model.Calls.IdField);
    }

    [Fact]
    public void The_benchmark_configuration_loads_as_it_is()
    {
        _bench.Files["sipalg-dialplan.yaml"] = "routes:\n  - { name: everything, to: [ { peer: callee } ] }\n";
        var loaded = Load(
            """
            # The gateway in the peer's place: everything that arrives goes to the callee, media anchored.
            admin: { listen: 127.0.0.1:8080 }
            realms:
              bench:
                listen: [udp://127.0.0.1:5060]
                media: { ports: 20000-59999 }
            peers:
              callee: { realm: bench, address: "sip:127.0.0.1:5090", accept_from: [127.0.0.0/8] }
            dialplan: sipalg-dialplan.yaml
            logging: { level: warning }
            """);

        var decision = loaded.Model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = "service" });
        Assert.Equal("sip:127.0.0.1:5090", decision.Targets[0].Peer!.Address!.ToString());
    }

    [Theory]
    [InlineData("off", null)]
    [InlineData("90s", 90)]
    [InlineData("24h", 86400)]
    public void The_session_interval_may_be_off(string text, int? seconds) =>
        Assert.Equal(seconds, (int?)Load($"realms: {{ a: {{ listen: udp://10.0.0.1 }} }}\npeers: {{ p: {{ realm: a, address: 'sip:b.example' }} }}\ndialplan: d.yaml\ncalls: {{ session_expires: {text} }}").Model.Calls.SessionExpires?.TotalSeconds);

    [Fact]
    public void Every_problem_is_reported_at_once_in_order()
    {
        _bench.Files["d.yaml"] = "routes:\n  - { to: [ { peer: nobody } ], ring: one }\n  - { when: { called: '(' }, reject: { status: 1 } }\n";
        var result = _bench.Load("sip: { t1: 5 }\nrealms:\n  a: { listn: udp://10.0.0.1 }\npeers: { p: { realm: b, accept_from: x } }\ndialplan: d.yaml\ncalls: { no_answer: 5 }\n");

        Assert.Equal(
            ["sipalg.yaml:1:12", "sipalg.yaml:3:6", "sipalg.yaml:3:8", "sipalg.yaml:4:22", "sipalg.yaml:4:38", "sipalg.yaml:6:21", "d.yaml:2:21", "d.yaml:2:39", "d.yaml:3:23", "d.yaml:3:48"],
            Errors(result).Select(error => error.At.ToString()));
        Assert.Equal("did you mean 'listen'?", result.Problems[2].Hint);
    }

    /// <summary>The usual range, which stands in for it nowhere, would meet that of the other realm.</summary>
    [Fact]
    public void Ports_that_cannot_be_read_collide_with_none()
    {
        _bench.Files["d.yaml"] = "routes: []";
        var result = _bench.Load("realms:\n  a: { listen: udp://10.0.0.1 }\n  b: { listen: udp://10.0.0.2, media: { ports: 9000 } }\ndialplan: d.yaml\n");

        Assert.Contains("'9000' is no port range", Assert.Single(Errors(result)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unquoted_scalars_mean_their_characters()
    {
        _bench.Files["d.yaml"] = "routes: [ { when: { called: [0900, +49, off, 1e3, 0x10, ~, null, 2026-01-01] }, to: [ { service: echo } ] } ]";
        var model = Load($"{Realms}\ndialplan: d.yaml").Model;

        Assert.All(["0900", "+49", "off", "1e3", "0x10", "~", "null", "2026-01-01"], number => Assert.Equal(["service echo"], Targets(model, number)));
        Assert.Empty(Targets(model, "900"));
        Assert.Empty(Targets(model, "1000"));
    }

    [Fact]
    public void Null_removes_a_header_and_quoted_null_does_not()
    {
        _bench.Files["d.yaml"] = "routes: [ { to: [ { service: echo } ], set: { headers: { X-A: null, X-B: ~, X-C: , X-D: 'null' } } } ]";
        var decision = Load($"{Realms}\ndialplan: d.yaml").Model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = "1" });

        Assert.Equal([new HeaderEdit("X-A", null), new HeaderEdit("X-B", null), new HeaderEdit("X-C", null), new HeaderEdit("X-D", "null")], decision.Headers.ToArray());
    }

    [Theory]
    [InlineData("${NAME}", "value")]
    [InlineData("a${NAME}b${NAME}", "avaluebvalue")]
    [InlineData("${file:secrets/token}", "s3cret")]
    [InlineData("$${NAME}", "${NAME}")]
    [InlineData("$$", "$$")]
    [InlineData("cost: $5}", "cost: $5}")]
    [InlineData("${TRICKY}", "x', read_token: 'y${NAME}")]
    public void References_are_replaced_after_parsing_and_once(string written, string expected)
    {
        _bench.Environment["TRICKY"] = "x', read_token: 'y${NAME}";

        var admin = LoadPart($"admin: {{ token: '{written}' }}").Host.Admin;

        Assert.Equal((expected, null), (admin.Token, admin.ReadToken));
    }

    [Theory]
    [InlineData("token: '${SECRET}'", "token")]
    [InlineData("token: \"hun\\nter2\"", "token")]
    [InlineData("read_token: \"hun\\nter2\"", "read_token")]
    [InlineData("metrics: { listen: '127.0.0.1:0', token: \"hun\\nter2\" }", "token")]
    public void A_message_does_not_show_a_token(string written, string key)
    {
        _bench.Environment["SECRET"] = "hun\nter2";

        var error = Assert.Single(Errors(_bench.LoadPart($"admin: {{ {written} }}")));

        Assert.Equal($"'{key}' holds a line break or another control character", error.Message);
    }

    [Fact]
    public void A_dialplan_takes_the_environment_only_by_its_own_form()
    {
        _bench.Environment["TRUNK"] = "+49${n}";
        _bench.Files["d.yaml"] = "routes: [ { when: { called: '^(?<n>[0-9]+)$' }, set: { called: '${env:NAME}-${n}', caller: '${env:TRUNK}', caller_name: '$${env:NAME}' }, to: [ { service: echo } ] } ]";
        var decision = Load($"{Realms}\ndialplan: d.yaml").Model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = "12" });

        Assert.Equal(("value-12", "+49${n}", "${env:NAME}"), (decision.Called, decision.Caller, decision.CallerName));
    }

    [Fact]
    public void Anchors_aliases_and_merges_work_as_in_yaml()
    {
        var model = Load(
            """
            x-trunk: &trunk { realm: a, accept_from: &lan [10.0.0.0/8], large_requests: udp }
            realms: { a: { listen: udp://10.0.0.1 } }
            peers:
              one: { <<: *trunk, large_requests: tcp }
              two: { <<: [ { domain: x.example }, *trunk ], media_from: *lan, accept_from: 192.0.2.1 }
            dialplan: d.yaml
            """).Model;

        Assert.Equal((LargeRequests.Tcp, "10.0.0.0/8"), (model.Peers[0].LargeRequests, model.Peers[0].AcceptFrom[0].ToString()));
        Assert.Equal((LargeRequests.Udp, "x.example", "192.0.2.1/32", "10.0.0.0/8"),
            (model.Peers[1].LargeRequests, model.Peers[1].Domain, model.Peers[1].AcceptFrom[0].ToString(), model.Peers[1].MediaFrom[0].ToString()));
    }

    [Fact]
    public void A_dialplan_folder_is_read_in_name_order()
    {
        _bench.Files["plans/20.yaml"] = "routes: [ { name: second, to: [ { service: tone } ] } ]";
        _bench.Files["plans/10.yaml"] = "routes: [ { name: first, when: { called: ['1'] }, to: [ { service: echo } ] } ]";

        var routes = Load($"{Realms}\ndialplan: plans/").Model.Dialplan.Routes;

        Assert.Equal(["first (plans/10.yaml:1)", "second (plans/20.yaml:1)"], routes.Select(route => $"{route.Name} ({route.Position})"));
    }

    [Fact]
    public void The_same_route_name_in_two_files_is_an_error()
    {
        _bench.Files["plans/10.yaml"] = "routes: [ { name: a, when: { called: ['1'] }, to: [ { service: echo } ] } ]";
        _bench.Files["plans/20.yaml"] = "routes: [ { name: a, to: [ { service: tone } ] } ]";

        Assert.Equal("plans/20.yaml:1:19", Assert.Single(Errors(_bench.Load($"{Realms}\ndialplan: plans/"))).At.ToString());
    }

    [Fact]
    public void A_uri_leaves_by_the_realm_beside_it_and_a_peer_by_its_own()
    {
        var model = _bench.LoadDialplan("routes: [ { when: { realm: inside }, to: [ { uri: 'sip:1@192.0.2.1', realm: outside }, { peer: pbx }, { service: echo } ] } ]").Configuration!.Model;

        Assert.Equal([1, 0, -1], model.Dialplan.Decide(new RouteRequest { Realm = 0 }).Targets.Select(target => target.Realm));
    }

    private LoadedConfiguration Load(string configuration) => Sound(_bench.Load(configuration));

    private LoadedConfiguration LoadPart(string part) => Sound(_bench.LoadPart(part));

    private static LoadedConfiguration Sound(LoadResult result)
    {
        Assert.Empty(Errors(result));
        return result.Configuration!;
    }

    private static IEnumerable<string> Targets(GatewayModel model, string called) =>
        model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = called }).Targets.Select(target => target.ToString());
}
