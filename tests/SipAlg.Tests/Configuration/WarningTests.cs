using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>What is probably not meant is a warning at its place, and the gateway starts.</summary>
public sealed class WarningTests
{
    public static TheoryData<string, string> Configurations => new()
    {
        { "realms: { a: { listen: udp://10.0.0.1, media: { ports: §30000-39999 } } }", "overlap the system's ephemeral ports 32768-60999" },
        { "peers: { p: { realm: inside, accept_from: §172.16.0.0/12 } }", "holds the default gateway 172.17.0.1" },
        { "peers: { p: { realm: inside, accept_from: §10.0.0.5/8 } }", "10.0.0.5/8 has bits beyond its prefix" },
        { "peers:\n  a: { realm: inside, accept_from: 10.0.0.5 }\n  §b: { realm: inside, accept_from: [10.0.0.6, 10.0.0.5] }", "peers 'a' and 'b' cannot be told apart" },
        { "peers:\n  a: { realm: inside, address: 'sip:A.example' }\n  §b: { realm: inside, address: 'sip:a.example' }", "peers 'a' and 'b' cannot be told apart" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { bind: 10.0.0.1 } } }\npeers: { p: { realm: a, address: §'sip:203.0.113.1' } }", "would show 10.0.0.1" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', register: { aor: 'sip:1@a.example' }, called_from: §request_uri } }", "a Request-URI that nobody can route by" },
        { "peers: { p: { realm: inside, address: §'sip:[2001:db8::1]' } }", "realm 'inside' has no listener of IPv6" },
        { "realms: { a: { listen: udp://10.0.0.1 } }\npeers: { p: { realm: a, address: §'sip:203.0.113.1' } }", "would show 10.0.0.1" },
        { "realms: { a: { listen: udp://0.0.0.0, media: { bind: 192.168.0.4 } } }\npeers: { p: { realm: a, accept_from: [10.0.0.8, §203.0.113.0/24] } }", "would show 192.168.0.4" },
        { "realms: { a: { listen: udp://10.0.0.1, advertise: { address: 203.0.113.9, except: 198.51.100.0/24 } } }\npeers: { p: { realm: a, address: §'sip:198.51.100.1' } }", "would show 10.0.0.1" },
        { "realms: { a: { listen: udp://10.0.0.1, allow: §10.0.0.5/8 } }", "10.0.0.5/8 has bits beyond its prefix" },
        { "realms: { a: { listen: udp://10.0.0.1, deny: [10.0.0.0/8, §10.1.0.0/16] } }", "'deny': 10.1.0.0/16 is in the list already" },
        { "realms: { a: { listen: udp://10.0.0.1, deny: [§10.1.0.0/16, 10.0.0.0/8] } }", "'deny': 10.1.0.0/16 is in the list already" },
        { "realms: { a: { listen: udp://10.0.0.1, allow: [§10.1.0.0/16, 10.2.0.0/16], deny: 10.1.0.0/16 } }", "'allow': 10.1.0.0/16 is never heard" },
        { "realms: { a: { listen: udp://10.0.0.1, allow: 10.1.0.0/16 } }\npeers: { p: { realm: a, accept_from: §10.2.0.0/16 } }", "peer 'p' is not heard: 10.2.0.0/16 is outside 'allow'" },
        { "realms: { a: { listen: udp://10.0.0.1, deny: 10.2.0.0/15 } }\npeers: { p: { realm: a, address: §'sip:10.2.0.7' } }", "peer 'p' is not heard: 10.2.0.7 is in 'deny'" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, methods: [§INVITE, OPTIONS] } }", "leaves REGISTER out: no phone can register" },
        { "realms: { a: { listen: udp://10.0.0.1, latching: §off } }", "with 'latching: off' anybody who finds a media port is heard" },
        { "realms: { a: { listen: udp://10.0.0.1, srtp: §optional } }\npeers: { p: { realm: a, address: 'sip:10.0.0.9' } }", "keys of SRTP would travel unencrypted: realm 'a' takes SIP at udp://10.0.0.1:5060" },
        { "peers: { p: { realm: inside, address: 'sip:10.0.0.9;transport=tcp', srtp: §required } }", "keys of SRTP would travel unencrypted: peer 'p' is not reached by TLS" },
        { "peers: { p: { realm: inside, accept_from: §'2000::/3' } }", "identities that anybody in 2000::/3 asserts are believed" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.5, trust: false, caller_in: [§pai, from] } }", "not believed" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.5, trust: false, caller_in: [from, §rpid] } }", "not believed" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.5, codecs: { allow: [PCMU, §alaw] } } }", "no RTP encoding is called 'alaw'" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.5, codecs: { allow: [PCMU], remove: [§pcmu] } } }", "'pcmu' is allowed and removed" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.5, headers: { pass: [X-A], remove: [§x-a] } } }", "'x-a' is passed and removed" },
        { "realms: { a: { listen: udp://10.0.0.1, digest: [§sha-256, md5] } }", "'digest' says nothing in a realm without a 'domain'" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, digest: [md5, §sha-256] } }", "phones take the first challenge that they know, which is md5" },
        { "realms: { a: { listen: udp://10.0.0.1, registrations: { max_expires: §30m } } }", "nobody registers in a realm without a 'domain' or 'relay_to'" },
        { "users: { §alice: { password: x } }", "no realm has a 'domain', so that no user can register" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example }, b: { listen: udp://10.0.0.2, domain: b.example, media: { ports: 20000-20999 } } }\nusers: { alice: { password_hash: §{ md5: 939e7578ed9e3c518a452acee763bce9 } } }", "the hash of user 'alice' is for one domain" },
    };

    public static TheoryData<string, string> Dialplans => new()
    {
        { "routes: [ { emergency: true, unauthenticated: §true, to: [ { service: echo } ] } ]", "anybody may call any number by it" },
        { "routes:\n  - §{ when: { called: '^0' }, to: [ { peer: pbx } ] }", "no 'realm', 'peer', 'user' or 'source' condition" },
        { "routes:\n  - { when: { realm: inside }, reject: { status: 403 } }\n  - §{ when: { peer: pbx, called: '^1' }, to: [ { peer: carrier } ] }", "'route 2' is never reached: 'route 1' (d.yaml:2)" },
        { "routes: [ { when: { called: §'112' }, to: [ { service: echo } ] } ]", "also found within longer numbers" },
        { "routes: [ { to: [ { service: echo }, { service: tone } ], ring: §all } ]", "no two targets have the same 'priority'" },
        { "routes: [ { to: [ { service: echo, priority: 1 }, { service: tone, priority: 2 } ], ring: §all } ]", "no two targets have the same 'priority'" },
        { "routes:\n  - { when: { realm: inside }, ring: all, to: [ { peer: pbx, priority: 1 }, §{ service: tone, priority: 1 }, { service: echo, priority: 2 } ] }", "a service answers at once" },
        { "routes:\n  - { when: { realm: inside }, ring: all, to: [ { peer: pbx, priority: 1, weight: §2 }, { peer: carrier, priority: 1 } ] }", "'weight' means nothing" },
        { "routes: [ { reject: { status: §401 } } ]", "401 asks who is calling, which needs a realm with a 'domain'" },
        { "routes: [ { to: [ { service: echo } ], codecs: { prefer: §G.722/8000 } } ]", "no RTP encoding is called 'G.722/8000'" },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_doubtful_configuration_is_one_warning_at_its_place(string marked, string message) =>
        Verify(marked, message, "sipalg.yaml", new ConfigurationBench().LoadPart);

    [Theory]
    [MemberData(nameof(Dialplans))]
    public void A_doubtful_dialplan_is_one_warning_at_its_place(string marked, string message) =>
        Verify(marked, message, "d.yaml", new ConfigurationBench().LoadDialplan);

    [Theory]
    [InlineData("peers:\n  a: { realm: inside, accept_from: 10.0.0.5, match: { domain: a.example } }\n  b: { realm: inside, accept_from: 10.0.0.5, match: { domain: b.example } }")]
    [InlineData("peers:\n  a: { realm: inside, accept_from: 10.0.0.5, match: { domain: a.example } }\n  b: { realm: inside, accept_from: 10.0.0.5 }")]
    [InlineData("peers:\n  a: { realm: inside, accept_from: 10.0.0.5 }\n  b: { realm: outside, accept_from: 10.0.0.5 }")]
    [InlineData("peers:\n  a: { realm: inside, accept_from: 10.0.0.0/8 }\n  b: { realm: inside, accept_from: 10.0.0.5 }")]
    [InlineData("peers: { p: { realm: inside, accept_from: '2000::/3', trust: false } }")]
    [InlineData("peers: { p: { realm: inside, accept_from: 10.0.0.0/8, trust: false, caller_in: [ppi, from] } }")]
    [InlineData("realms: { a: { listen: udp://10.0.0.1, media: { bind: 10.0.0.1, advertise: 203.0.113.9 } } }\npeers: { p: { realm: a, address: 'sip:203.0.113.1' } }")]
    [InlineData("realms: { a: { listen: udp://10.0.0.1, advertise: 203.0.113.9 } }\npeers: { p: { realm: a, address: 'sip:203.0.113.1' } }")]
    [InlineData("realms: { a: { listen: udp://10.0.0.1 } }\npeers: { p: { realm: a, address: 'sip:10.0.0.9', accept_from: [10.0.0.9, 203.0.113.1] } }")]
    [InlineData("realms: { a: { listen: udp://0.0.0.0 } }\npeers: { p: { realm: a, address: 'sip:203.0.113.1' } }")]
    [InlineData("realms: { a: { listen: udp://10.0.0.1, media: { bind: 10.0.0.1 }, advertise: gw.example } }\npeers: { p: { realm: a, address: 'sip:203.0.113.1' } }")]
    public void What_is_meant_is_no_warning(string configuration) => Assert.Empty(new ConfigurationBench().LoadPart(configuration).Problems);

    public static TheoryData<string, int, int?, int?, string> Hosts => new()
    {
        { "realms: { §a: { listen: udp://10.0.0.1 } }", 10511, null, null, "the descriptor limit is 10511, and all media ports at once want 10512" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { ports: §10000-10999 } } }", 1024, null, null, "the descriptor limit is 1024, and all media ports at once want 1512" },
        { "realms: { §a: { listen: udp://10.0.0.1, media: { ports: 10000-10999 } } }", 20000, 212992, 212992, "net.core.rmem_max is 208 KiB, and SIP over UDP asks for 4096 KiB" },
        { "realms: { §a: { listen: udp://10.0.0.1, media: { ports: 10000-10999 } } }", 20000, 4194304, 65536, "net.core.rmem_default is 64 KiB" },
    };

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_host_that_gives_too_little_is_a_warning(string marked, int descriptors, int? most, int? usual, string message) =>
        Verify(marked, message, "sipalg.yaml", new ConfigurationBench { Facts = SipAlg.Configuration.HostFacts.Unknown with { MostDescriptors = descriptors, MostReceiveBuffer = most, UsualReceiveBuffer = usual } }.LoadPart);

    [Fact]
    public void A_host_that_gives_enough_is_none() =>
        Assert.Empty(new ConfigurationBench { Facts = SipAlg.Configuration.HostFacts.Unknown with { MostDescriptors = 10512, MostReceiveBuffer = 4194304, UsualReceiveBuffer = 212992 } }
            .LoadPart("realms: { a: { listen: udp://10.0.0.1 } }").Problems);

    [Fact]
    public void Ports_that_share_sockets_want_no_descriptors() =>
        Assert.Empty(new ConfigurationBench { Facts = SipAlg.Configuration.HostFacts.Unknown with { MostDescriptors = 1024 } }
            .LoadPart("realms: { a: { listen: udp://10.0.0.1 } }\nmedia: { sockets: shared }").Problems);

    private static void Verify(string marked, string message, string file, Func<string, SipAlg.Configuration.LoadResult> load)
    {
        var (text, line, column) = Unmark(marked);
        var result = load(text);

        var warning = Assert.Single(result.Problems);
        Assert.StartsWith($"{file}:{line}:{column}: warning: ", warning.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, warning.Message, StringComparison.Ordinal);
        Assert.NotNull(result.Configuration);
    }
}
