using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>Each broken configuration is one error at the marked place, and no other.</summary>
public sealed class BrokenConfigurationTests
{
    public static TheoryData<string, string> Configurations => new()
    {
        // Structure
        { "§amdin: { listen: 127.0.0.1:8080 }", "unknown key 'amdin'" },
        { "sip: { §t2: 4s }", "unknown key 't2'" },
        { "sip: { t1: 500ms, §t1: 100ms }", "'t1' is written twice" },
        { "sip: §[500ms]", "'sip' takes a mapping, not a list" },
        { "sip: §500ms", "'sip' takes a mapping, not a value" },
        { "sip: { t1: §[500ms] }", "'t1' takes a duration, not a list" },
        { "sip: { t1: §}", "'t1' takes a duration, not nothing" },
        { "sip: { t1: §!!int 5 }", "the tag tag:yaml.org,2002:int has no meaning here" },
        { "sip: { t1: 500ms §]", "this is no YAML" },
        { "sip: !!]§\n", "this is no YAML: what follows a '!' is no tag" },
        { "admin: { listen: 0.0.0.0:80, token: §'${UNSET_NAME}' }", "the environment variable UNSET_NAME is not set" },
        { "sip: §*nowhere", "there is no anchor &nowhere above" },
        { "x-a: &a [ §*a ]", "*a contains itself" },
        { "sip: { §<<: 5 }", "'<<' merges mappings, not a value" },
        { "sip: { ? §[a]\n: b }", "a key must be a plain name" },
        { "sip:\n§\tt1: 500ms", "found invalid tab as indentation" },
        { "sip:\n  t1: 500ms\n§\tdns: 10.0.0.53", "found a tab character that violate indentation" },

        // Values
        { "sip: { t1: §500 }", "'t1': '500' is no duration" },
        { "sip: { t1: §1m30 }", "'t1': '1m30' is no duration" },
        { "sip: { t1: §5s1m }", "'t1': '5s1m' is no duration" },
        { "sip: { t1: §1ms }", "'t1': '1ms' is out of range" },
        { "sip: { dns: §ns.example.com }", "'dns': 'ns.example.com' is no address of a name server" },
        { "sip: { dns: [10.0.0.53, §10.0.0.53:0] }", "'dns': '10.0.0.53:0' is no address of a name server" },
        { "sip: { dns: §[] }", "'dns' is an empty list" },
        { "calls: { no_answer: §off }", "'no_answer': 'off' is no duration" },
        { "logging: { level: §info }", "'level': 'info' is not one of trace" },
        { "logging: { format: §xml }", "'format': 'xml' is not one of text, json" },
        { "admin: { listen: §8080 }", "'listen': '8080' is no address with a port" },
        { "admin: { listen: §localhost:8080 }", "is no address with a port" },

        { "cdr: §{ sync: group }", "'cdr' says no place for the records" },
        { "cdr: { file: calls, csv: §./calls }", "'csv' is the same file as 'file'" },
        { "cdr: { file: calls, sync: §always }", "'sync': 'always' is not one of none, group" },
        { "cdr: { file: calls, rotate: { size: §1KiB } }", "'size': '1KiB' is out of range" },
        { "cdr: { file: calls, rotate: { day: §daily } }", "'day': 'daily' is not one of off, utc, local" },
        { "cdr: { file: calls, rotate: { keep: §0 } }", "'keep': '0' is no number from 1 to 100000" },
        { "cdr: { webhook: §{ token: x } }", "'webhook' needs 'url'" },
        { "cdr: { webhook: { url: §billing.example } }", "'url': 'billing.example' is no URL of a web server" },
        { "cdr: { webhook: { url: §'https://a:b@billing.example' } }", "holds a user name" },
        { "cdr: { webhook: { url: 'https://billing.example', spool: §100MB } }", "'spool': '100MB' is no amount of octets" },

        { "trace: { memory: §64MB }", "'memory': '64MB' is no amount of memory" },
        { "trace: { memory: §1MiB }", "'memory': '1MiB' is out of range" },
        { "trace: { series: §100ms }", "'series': '100ms' is out of range" },
        { "trace: { hep: §10.0.0.1:9060 }", "is no collector" },
        { "trace: { hep: §udp://user@10.0.0.1 }", "is no collector" },
        { "trace: { hep: §udp://10.0.0.1, memory: off }", "'memory' is off" },
        { "trace: { hep_id: §2001 }", "there is none" },
        { "trace: { hep_password: §secret }", "there is none" },
        { "trace: { header: §Subject }", "is no name for it" },
        { "trace: { header: §'X-Call Trace' }", "is no name for it" },

        // Interpolation
        { "admin: { token: §'${UNSET_NAME}' }", "the environment variable UNSET_NAME is not set" },
        { "admin: { token: §'${file:secrets/none}' }", "'secrets/none' cannot be read: there is no such file" },
        { "admin: { token: §'${NAME' }", "'${' has no '}'" },
        { "admin: { token: §'${EMPTY}' }", "'token' is empty" },

        // Admin
        { "admin: { listen: §0.0.0.0:8080 }", "'admin' listens on 0.0.0.0 without a token" },
        { "admin: { hosts: [ §gw.example.com ] }", "'admin' is asked for as gw.example.com, by a proxy, without a token" },
        { "admin: { metrics: { listen: §'[::]:9090' } }", "'metrics' listens on :: without a token" },
        { "admin: { metrics: §{ token: open } }", "'metrics' needs 'listen'" },
        { "admin: { listen: 127.0.0.1:9090, metrics: { listen: §127.0.0.1:9090 } }", "metrics takes the same port as admin" },

        // Realms
        { "realms: §{}", "'realms' is empty" },
        { "realms:§ ", "'realms' is empty" },
        { "realms: { a: §{ latching: off } }", "'a' needs 'listen'" },
        { "realms: { a: { listen: §sip://10.0.0.1:5060 } }", "is no listener address" },
        { "realms: { a: { listen: §udp://gateway.example:5060 } }", "is no listener address" },
        { "realms: { a: { listen: §udp://2001:db8::1 } }", "is no listener address" },
        { "realms: { a: { listen: [udp://10.0.0.1, §tls://10.0.0.1] } }", "realm 'a' listens for TLS and has no certificate" },
        { "realms: { a: { listen: §wss://10.0.0.1 } }", "wss is not built yet" },
        { "realms: { a: { listen: §[] } }", "'listen' is an empty list" },
        { "realms: { a: { listen: udp://10.0.0.1, certificate: §{ chain: gateway.pem } } }", "'certificate' needs 'key'" },
        { "realms: { a: { listen: udp://10.0.0.1, tls: { minimum: §1.1 } } }", "'minimum': '1.1' is not one of 1.2, 1.3" },
        { "realms: { a: { listen: udp://10.0.0.1, tls: { client_certificate: §yes } } }", "'client_certificate': 'yes' is not one of off, optional, required" },
        { "peers: { p: { realm: inside, address: §'sip:a.example;transport=tls' } }", "peer 'p' is reached by TLS, and its realm 'inside' has no tls:// listener" },
        { "peers: { p: { realm: inside, address: §'sips:a.example;transport=udp' } }", "is a sips: URI over UDP" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.5, tls: { names: §'*.a.example' } } }", "is no name that a certificate may have" },
        { "realms: { a: { listen: udp://10.0.0.1, allow: §10.0.0.0/33 } }", "'10.0.0.0/33' is no address block" },
        { "realms: { a: { listen: udp://10.0.0.1, deny: [§gw.example] } }", "'gw.example' is no address block" },
        { "realms: { a: { listen: udp://10.0.0.1, deny: §'file:none.txt' } }", "the address list 'none.txt' cannot be read: there is no such file" },
        { "realms: { a: { listen: udp://10.0.0.1, methods: [INVITE, §invite] } }", "'methods': 'invite' is not one of INVITE, ACK" },
        { "realms: { a: { listen: udp://10.0.0.1, strangers: { packets: §5 } } }", "'packets': '5' is no rate" },
        { "sip: { separate_strangers: §on }", "'separate_strangers': 'on' is not one of auto, off" },
        { "realms: { a: { listen: udp://10.0.0.1, nat: §maybe } }", "'nat': 'maybe' is not one of auto, off" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: §'a b' } }", "'a b' is no host name" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, digest: [md5, §sha-512] } }", "'digest': 'sha-512' is not one of md5, sha-256" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, digest: §[] } }", "'digest' is an empty list" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, digest: [md5, §md5] } }", "'digest' names md5 twice" },
        { "realms: { a: { listen: udp://10.0.0.1, latching: §loose } }", "'latching': 'loose' is not one of symmetric, strict, off" },
        { "realms: { §'a b': { listen: udp://10.0.0.1 } }", "'a b' is no name" },
        { "realms: { a: { listen: [udp://10.0.0.1, §udp://0.0.0.0:5060] } }", "udp://0.0.0.0:5060 takes the same port as udp://10.0.0.1:5060" },
        { "realms: { §a: { listen: udp://10.0.0.1:10500 } }", "media of 'a' (10000-19999) takes the same port as udp://10.0.0.1:10500" },
        { "realms:\n  a: { listen: udp://10.0.0.1, media: { ports: 10000-10999 } }\n  b: { listen: udp://10.0.0.2, media: { ports: §10998-12000 } }", "media of 'b' (10998-12000) takes the same port as media of 'a'" },
        { "realms:\n  a: { listen: udp://10.0.0.1 }\n  §b: { listen: udp://10.0.0.2 }", "media of 'b' (10000-19999) takes the same port as media of 'a'" },
        { "sip: { lanes: 4 }\nrealms: { a: { listen: udp://10.0.0.1, media: { ports: §20000-20003 } } }", "'ports' has no pair of ports for each of 4 lanes" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { ports: §20000 } } }", "'20000' is no port range" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { ports: §20000-10000 } } }", "holds no pair" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { ports: §10001-10002 } } }", "holds no pair" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { ports: §10000-70000 } } }", "is no port range" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { ports: 10000-10009, reserve: §10 } } }", "'reserve' keeps back 10 of 10 ports" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { dscp: §64 } } }", "'dscp': '64' is no code point" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { dscp: §af14 } } }", "'dscp': 'af14' is no code point" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { bind: [10.0.0.1, §10.0.0.1] } } }", "'bind' has 10.0.0.1 twice" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { bind: [10.0.0.1, 10.0.0.2], advertise: §203.0.113.1 } } }", "'advertise' has 1 IPv4 addresses for 2 that are bound" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { bind: 10.0.0.1, advertise: [203.0.113.1, §203.0.113.2] } } }", "'advertise' has a second IPv4 address" },
        { "realms: { a: { listen: udp://10.0.0.1, advertise: 203.0.113.1, media: { bind: [10.0.0.1, §10.0.0.2] } } }", "the realm advertises one address, and 'bind' has 2 IPv4 addresses" },
        { "realms: { a: { listen: udp://10.0.0.1, advertise: gw.example, media: { bind: [10.0.0.1, §10.0.0.2] } } }", "the realm advertises one address" },
        { "realms:\n  a: { listen: udp://10.0.0.1, media: { bind: [10.0.0.1, 10.0.0.2] } }\n  §b: { listen: udp://10.0.0.3, media: { bind: 10.0.0.2 } }", "media of 'b' (10000-19999) takes the same port as media of 'a'" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { advertise: §gw.example } } }", "'gw.example' is no IP address" },
        { "realms: { a: { listen: udp://10.0.0.1, media: { bind: §0.0.0.0 } } }", "0.0.0.0 is no address that media can be sent to" },
        { "realms: { a: { listen: udp://10.0.0.1, advertise: [10.0.0.1, §gw.example] } }", "the host name 'gw.example' stands beside other addresses" },
        { "realms: { a: { listen: udp://10.0.0.1, advertise: §'not a host' } }", "is no IP address and no host name" },
        { "realms: { a: { listen: udp://10.0.0.1, advertise: §{ except: 10.0.0.0/8 } } }", "'advertise' needs 'address'" },

        // Registrations of realms
        { Relay("§pbx2"), "there is no peer 'pbx2'" },
        { Relay("§near"), "peer 'near' is in realm 'phones' itself" },
        { Relay("§caller"), "peer 'caller' has no address to register at" },
        { Relay("pbx, service_route: §sip:edge.example.com"), "'service_route' is for phones that register here, and these register with 'pbx'" },
        { Relay("pbx, phone_expires: §11m"), "'phone_expires' is longer than 'upstream_expires'" },
        { Relay("pbx, upstream_expires: 60s, phone_expires: §61s"), "'phone_expires' is longer than 'upstream_expires'" },
        { Relay("pbx, phone_expires: §1s"), "'phone_expires': '1s' is out of range" },
        { Relay("pbx, min_expires: §60s"), "'min_expires' is for phones that register here" },
        { Relay("pbx", ", domain: §example.com"), "this realm's phones register with 'pbx', which checks their passwords" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, registrations: { phone_expires: §60s } } }", "'phone_expires' says nothing without 'relay_to'" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, registrations: { upstream_expires: §60s } } }", "'upstream_expires' says nothing without 'relay_to'" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, registrations: §{ min_expires: 2h, max_expires: 1h } } }", "registrations last 7200s to 3600s" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, registrations: §{ default_expires: 2h, max_expires: 1h } } }", "registrations last 60s to 3600s, and 7200s by default" },

        // Peers
        { "peers: { p: { realm: §insde, accept_from: 10.0.0.9 } }", "there is no realm 'insde'" },
        { "peers: { p: §{ accept_from: 10.0.0.9 } }", "'p' needs 'realm'" },
        { "peers: { §p: { realm: inside } }", "peer 'p' has neither address nor accept_from" },
        { "peers: { p: { realm: inside, address: §10.0.0.9:5060 } }", "'10.0.0.9:5060' is no SIP URI" },
        { "peers: { p: { realm: inside, address: §'sip:a.example;transport=wss' } }", "asks for WebSocket" },
        { "peers: { p: { realm: inside, accept_from: [10.0.0.9, §10.0.0.0/33] } }", "'10.0.0.0/33' is no address block" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', register: §{} } }", "'register' needs 'aor'" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', register: { aor: §'sip:a.example' } } }", "has no user part" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', register: { aor: §'sip:1@a.example;transport=tcp' } } }", "it has no transport" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', register: { aor: 'sip:1@a.example', expires: §5s } } }", "'expires': '5s' is out of range" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', register: { aor: 'sip:1@a.example', contact_user: §'a b' } } }", "'a b' is no user part" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, register: { aor: §'sip:1@a.example' } } }", "a peer without address cannot be registered with" },
        { "peers:\n  p: { realm: inside, address: 'sip:a.example', register: { aor: 'sip:1@a.example', contact_user: x } }\n  q: { realm: inside, address: 'sip:b.example', register: { aor: 'sip:2@b.example', contact_user: §x } }", "peers 'p' and 'q' register the same contact_user" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', credentials: §{ password: x } } }", "'credentials' needs 'username'" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', credentials: §{ username: x } } }", "'credentials' needs 'password'" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', credentials: { username: §'', password: x } } }", "'username': '' is no text of one line" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', credentials: { username: x, password: x, realm: §\"a\\nb\" } } }", "is no text of one line" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', credentials: { username: x, password: §'${EMPTY}' } } }", "'password' is empty" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', credentials: [ { username: x, password: x, realm: a }, §{ username: y, password: y, realm: a } ] } }", "'credentials' has the realm 'a' twice" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', credentials: [ { username: x, password: x }, §{ username: y, password: y } ] } }", "'credentials' has two for any realm" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', ping: §1s } }", "'ping': '1s' is out of range" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, ping: §30s } }", "a peer without address cannot be pinged" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', outbound_proxy: §b.example } }", "'b.example' is no SIP URI" },
        { "peers: { p: { realm: inside, outbound_proxy: §'sip:b.example' } }", "says where requests go, but not to whom" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', caller_in: [pai, §to] } }", "'caller_in': 'to' is not one of" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', limits: { calls: §0 } } }", "'0' is no number from 1" },
        { "peers: { p: { realm: inside, address: 'sip:a.example', limits: { calls_per_second: §20 } } }", "'20' is no rate" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, trust: §maybe } }", "'trust': 'maybe' is not one of true, false" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, forking: §one } }", "'forking': 'one' is not one of all, single" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, transfer: §off } }", "'transfer': 'off' is not one of auto, pass, gateway" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, dtmf: §rfc2833 } }", "'dtmf': 'rfc2833' is not one of rfc4733, info, pass" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, srtp: §yes } }", "'srtp': 'yes' is not one of off, optional, required" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: §[X-A] } }", "'headers' takes a mapping, not a list" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: { §set: {} } } }", "unknown key 'set'" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: { remove: [X-A, §Via] } } }", "the header 'Via' cannot be set" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: { remove: §[] } } }", "'remove' is an empty list" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: { pass: [§'X A'] } } }", "'X A' is no header name" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: { add: { §m: x } } } }", "the header 'm' cannot be set" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: { add: { §Require: 100rel } } } }", "the header 'Require' cannot be set" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, headers: { add: { X-A: §\"a\\nVia: b\" } } } }", "holds a line break" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, codecs: §[PCMA] } }", "'codecs' takes a mapping, not a list" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, codecs: { allow: [PCMA, §'PC MA'] } } }", "'PC MA' is no codec" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, codecs: { prefer: §opus/x } } }", "'opus/x' is no codec" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, codecs: { prefer: §opus/48000/2 } } }", "'opus/48000/2' is no codec" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, codecs: { prefer: §PCMA/0 } } }", "'PCMA/0' is no codec" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, codecs: { allow: §[] } } }", "'allow' is an empty list" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, map_status: §{} } }", "'map_status' is empty" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, map_status: { §180: 486 } } }", "'180' is no final status from 300 to 699" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, map_status: { §500-599: 486 } } }", "'500-599' is no final status" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, map_status: { 480: §200 } } }", "'200' is no number from 400 to 699" },
        { "peers: { p: { realm: inside, accept_from: 10.0.0.9, map_status: { 302: §301 } } }", "'301' is no number from 400 to 699" },

        // Users
        { "users: §[alice]", "'users' takes a mapping of users, or the path of a file or a folder, not a list" },
        { "users: §none.yaml", "the users 'none.yaml' cannot be read: there is no such file" },
        { "users: §nobody/", "the folder of users 'nobody/' holds no *.yaml that can be read" },
        { "users: { alice: §secret }", "'alice' takes a mapping, not a value" },
        { "users: { §'al:ice': { password: x } }", "'al:ice' is no user name" },
        { "users: { §alice@a.example: { password: x } }", "'alice@a.example' is no user name" },
        { "users: { §alice: {} }", "user 'alice' needs 'password' or 'password_hash'" },
        { "users: { alice: { password: x, password_hash: §{ md5: 939e7578ed9e3c518a452acee763bce9 } } }", "user 'alice' has a 'password' and a 'password_hash'" },
        { "users: { alice: { password_hash: §{} } }", "'password_hash' of user 'alice' holds no hash" },
        { "users: { alice: { password_hash: { md5: §939e } } }", "'md5' is not 32 hexadecimal digits" },
        { "users: { alice: { password_hash: { sha-256: §939e7578ed9e3c518a452acee763bce9 } } }", "'sha-256' is not 64 hexadecimal digits" },
        { "users: { alice: { password_hash: { md5: §g39e7578ed9e3c518a452acee763bce9 } } }", "'md5' is not 32 hexadecimal digits" },
        { "users: { alice: { password: §'' } }", "'password' is empty" },
        { "users: { alice: { password: §\"a\\nb\" } }", "'password' holds a control character" },
        { "users: { alice: { password: §[x] } }", "'password' takes a password, not a list" },
        { "users: { alice: { password: x, numbers: [101, §10a] } }", "'10a' is no number" },
        { "users: { alice: { password: x, numbers: §'*' } }", "'*' is no number" },
        { "users: { alice: { password: x, numbers: §'++1' } }", "'++1' is no number" },
        { "users: { alice: { password: x, aliases: §'a b' } }", "'a b' is no user name" },
        { "users: { alice: { password: x, max_contacts: §0 } }", "'0' is no number from 1 to 1000" },
        { "users: { alice: { password: x, trusted: §yes } }", "'trusted': 'yes' is not one of true, false" },
        { "users: { alice: { password: x, §passwort: y } }", "unknown key 'passwort'" },
        { "users:\n  alice: { password: x, numbers: ['101'] }\n  bob: { password: x, numbers: ['102', §'101'] }", "the number '101' is that of user 'alice'" },
        { "users:\n  alice: { password: x, aliases: [desk] }\n  bob: { password: x, aliases: [§desk] }", "the alias 'desk' is that of user 'alice'" },
        { "users:\n  alice: { password: x, aliases: [§bob] }\n  bob: { password: x }", "the alias 'bob' is the name of a user" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example, digest: sha-256 } }\nusers: { alice: { password_hash: §{ md5: 939e7578ed9e3c518a452acee763bce9 } } }", "user 'alice' has no sha-256 hash, which realm 'a' asks for" },
        { "realms: { a: { listen: udp://10.0.0.1, domain: a.example } }\nusers: { alice: { password_hash: §{ sha-256: 939e7578ed9e3c518a452acee763bce9939e7578ed9e3c518a452acee763bce9 } } }", "user 'alice' has no md5 hash" },

        // What this version does not do
        { "media: { fast_path: §on }", "'fast_path': 'on' is not one of auto, off, required" },
        { "media: { sockets: §one }", "'sockets': 'one' is not one of auto, per_port, shared" },
        { "calls: { session_expires: §89s }", "'session_expires': '89s' is out of range" },
        { "calls: { media_timeout: §500ms }", "'media_timeout': '500ms' is out of range" },
        { "calls: { hold_timeout: §never }", "'hold_timeout': 'never' is no duration" },
        { "calls: { session_expires: §never }", "'session_expires': 'never' is no duration" },

        // Files
        { "dialplan: §none.yaml", "the dialplan 'none.yaml' cannot be read: there is no such file" },
        { "dialplan: §empty/", "the dialplan folder 'empty/' holds no *.yaml that can be read" },
        { "dialplan: §''", "'dialplan': '' is no path" },
        { "state: { folder: §\"a\\0b\" }", "is no path" },
    };

    public static TheoryData<string, string> Dialplans => new()
    {
        { "§[]", "'dialplan' takes a mapping, not a list" },
        { "§{ tests: [] }", "'dialplan' needs 'routes'" },
        { "routes:\n  - §{ name: a }", "a route needs 'to' or 'reject'" },
        { "routes:\n  - §name: a\n    to: [ { service: echo } ]\n    reject: { status: 403 }", "either 'to' or 'reject', not both" },
        { "routes: [ { to: [ { service: echo } ], §prio: 1 } ]", "unknown key 'prio'" },
        { "routes: [ { name: a, to: [ { service: echo } ], when: { called: ['1'] } }, { name: §a, to: [ { service: tone } ] } ]", "a route 'a' exists already" },
        { "routes: [ { emergency: §yes, to: [ { service: echo } ] } ]", "'emergency': 'yes' is not one of true, false" },
        { "routes: [ { when: { realm: §insid }, to: [ { service: echo } ] } ]", "there is no realm 'insid'" },
        { "routes: [ { when: { not: { peer: [pbx, §pxb] } }, to: [ { service: echo } ] } ]", "there is no peer 'pxb'" },
        { "routes: [ { when: { called: §'^(1' }, to: [ { service: echo } ] } ]", "is no regular expression" },
        { "routes: [ { when: { called: §'^(?=1)' }, to: [ { service: echo } ] } ]", "runs without backtracking" },
        { "routes: [ { when: { called: { in: §dids } }, to: [ { service: echo } ] } ]", "there is no table 'dids'" },
        { "routes: [ { when: { called: §{ in: dids, prefix: '1' } }, to: [ { service: echo } ] } ]", "'called' takes either 'prefix' or 'in', not both" },
        { "routes: [ { when: { called: §{} }, to: [ { service: echo } ] } ]", "'called' takes a regular expression, a list of numbers, { prefix: […] } or { in: table }" },
        { "routes: [ { when: { time: Mon, holidays: §none.txt }, to: [ { service: echo } ] } ]", "the holidays 'none.txt' cannot be read: there is no such file" },
        { "routes: [ { when: { holidays: §days.txt }, to: [ { service: echo } ] } ]", "'holidays' needs 'time'" },
        { "routes: [ { when: { time: [Mon, §'Hol 08:00-10:00'] }, to: [ { service: echo } ] } ]", "'time': 'Hol 08:00-10:00' names holidays, and no file lists them" },
        { "routes: [ { when: { user: §ghost }, to: [ { service: echo } ] } ]", "there is no user 'ghost'" },
        { "routes: [ { when: { time: §'Mon-Fri 8-18' }, to: [ { service: echo } ] } ]", "is no time window: '8-18'" },
        { "routes: [ { when: { method: §invite }, to: [ { service: echo } ] } ]", "'invite' is no SIP method" },
        { "routes: [ { when: { source: §pbx }, to: [ { service: echo } ] } ]", "'pbx' is no address block" },
        { "routes: [ { when: { headers: { §'X A': b } }, to: [ { service: echo } ] } ]", "'X A' is no header name" },
        { "routes: [ { when: { called: '1' }, to: [ { registered: §'${ext}' } ] } ]", "${ext} is no capture of this route" },
        { "routes: [ { to: [ { registered: §nobody } ] } ]", "there is no user 'nobody'" },
        { "routes: [ { to: [ §{ priority: 1 } ] } ]", "a target needs 'peer', 'registered', 'uri' or 'service'" },
        { "routes: [ { when: { realm: inside }, to: [ §{ peer: pbx, service: echo } ] } ]", "a target is one of 'peer', 'registered', 'uri' and 'service'" },
        { "routes: [ { when: { realm: inside }, to: [ { peer: §caller } ] } ]", "peer 'caller' has no address" },
        { "routes: [ { when: { realm: inside }, to: [ { peer: §carier } ] } ]", "there is no peer 'carier'" },
        { "routes: [ { to: [ { service: §ecko } ] } ]", "'service': 'ecko' is not one of echo, tone" },
        { "routes: [ { to: [ { uri: §'sip:a@10.0.0.1' } ] } ]", "this uri needs a 'realm' to leave by" },
        { "routes: [ { to: [ { uri: §'10.0.0.1', realm: inside } ] } ]", "'10.0.0.1' is no SIP URI" },
        { "routes: [ { to: [ { service: echo, priority: 1 }, §{ service: tone } ] } ]", "no 'priority' while others have one" },
        { "routes: [ { to: [ { service: echo, weight: §1 } ] } ]", "'weight' needs a 'priority'" },
        { "routes: [ { to: [ { service: echo } ], set: { called: §'+49${n}' } } ]", "${n} is no capture of this route" },
        { "routes: [ { when: { called: '^(?<n>1)$', not: { caller: '^(?<m>1)$' } }, to: [ { uri: §'sip:${m}@10.0.0.1', realm: inside } ] } ]", "${m} is no capture of this route" },
        { "routes: [ §{ when: { called: '^(?<n>1)$', caller: '^(?<n>1)$' }, to: [ { service: echo } ] } ]", "the capture 'n' is named twice" },
        { "routes: [ { to: [ { service: echo } ], set: { headers: { §Via: x } } } ]", "the header 'Via' cannot be set" },
        { "routes: [ { to: [ { service: echo } ], set: { headers: { §i: x } } } ]", "the header 'i' cannot be set" },
        { "routes: [ { to: [ { service: echo } ], set: { headers: { X-A: §\"a\\r\\nVia: b\" } } } ]", "holds a line break" },
        { "routes: [ { to: [ { service: echo } ], set: { privacy: §off } } ]", "'privacy': 'off' is not one of none, id" },
        { "routes: [ { to: [ { service: echo } ], set: { privacy: [id, §none] } } ]", "'none' stands alone" },
        { "routes: [ { to: [ { service: echo } ], set: { privacy: §critical } } ]", "'critical' says that the others must be kept" },
        { "routes: [ { to: [ { service: echo } ], set: { called: §'${env:UNSET_NAME}' } } ]", "the environment variable UNSET_NAME is not set" },
        { "routes: [ { to: [ { service: echo } ], ring: §one } ]", "'ring': 'one' is not all" },
        { "routes: [ { to: [ { service: echo } ], redirects: §off } ]", "'redirects': 'off' is not one of follow, pass" },
        { "routes: [ { to: [ { service: echo } ], codecs: { §deny: PCMA } } ]", "unknown key 'deny'" },
        { "routes: [ { to: [ { service: echo } ], map_status: { §700: 486 } } ]", "'700' is no final status" },
        { "routes: [ { to: [ { service: echo } ], unauthenticated: §true } ]", "'unauthenticated' needs 'emergency: true'" },
        { "routes: [ §{ reject: { status: 403 }, filter: { headers: { remove: X-A } } } ]", "a route that rejects takes no 'filter'" },
        { "routes: [ { to: [ { service: echo } ], filter: { headers: { remove: §Via } } } ]", "the header 'Via' cannot be set" },
        { "routes: [ { to: [ { service: echo } ], filter: { bodies: §text } } ]", "'text' is no media type" },
        { "routes: [ { to: [ { service: echo } ], filter: { called: { in: §none } } } ]", "there is no table 'none'" },
        { "routes: [ { to: [ { service: echo } ], try_next_on: [408, §200] } ]", "'200' is no failure status" },
        { "routes: [ { reject: { status: §200 } } ]", "'200' is no number from 400 to 699" },
        { "routes: [ { reject: §{ reason: no } } ]", "'reject' needs 'status'" },
        { "routes: [ §{ reject: { status: 403 }, set: { called: '1' } } ]", "a route that rejects takes no 'set'" },
        { "routes: [ §{ reject: { status: 403 }, try_next_on: 408 } ]", "a route that rejects takes no 'try_next_on'" },
        { "routes: [ §{ reject: { status: 403 }, ring: all } ]", "a route that rejects takes no 'ring'" },
        { "routes: [ §{ reject: { status: 403 }, redirects: pass } ]", "a route that rejects takes no 'redirects'" },
        { "routes: [ §{ reject: { status: 403 }, codecs: { allow: PCMA } } ]", "a route that rejects takes no 'codecs'" },
        { "routes: [ §{ reject: { status: 403 }, map_status: { 480: 486 } } ]", "a route that rejects takes no 'map_status'" },
        { "routes: [ { to: [ { service: echo } ], set: { headers: { §Session-Expires: '90' } } } ]", "the header 'Session-Expires' cannot be set" },
        { "routes: []\ntests: [ { request: §{ realm: inside }, expect: { status: 404 } } ]", "'request' needs 'called'" },
        { "routes: []\ntests: [ { request: { peer: §nobody, called: '1' }, expect: { status: 404 } } ]", "there is no peer 'nobody'" },
        { "routes: []\ntests: [ { request: { realm: inside, called: '1', at: §noon }, expect: { status: 404 } } ]", "'noon' is no time" },
        { "§", "the dialplan is empty" },
    };

    /// <summary>Phones in a realm of their own whose registrations go to this peer.</summary>
    private static string Relay(string registrations, string realm = "") =>
        $"realms: {{ phones: {{ listen: udp://10.0.0.1{realm}, registrations: {{ relay_to: {registrations} }} }}, core: {{ listen: udp://10.0.0.2, media: {{ ports: 20000-20999 }} }} }}\n" +
        "peers: { pbx: { realm: core, address: 'sip:10.0.0.9' }, near: { realm: phones, address: 'sip:10.0.0.8' }, caller: { realm: core, accept_from: 10.0.0.7 } }";

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_broken_configuration_is_one_error_at_its_place(string marked, string message) =>
        Verify(marked, message, "sipalg.yaml", new ConfigurationBench().LoadPart);

    [Theory]
    [MemberData(nameof(Dialplans))]
    public void A_broken_dialplan_is_one_error_at_its_place(string marked, string message) =>
        Verify(marked, message, "d.yaml", new ConfigurationBench().LoadDialplan);

    [Theory]
    [InlineData("realms: { a: { listen: udp://10.0.0.1 } }\ndialplan: d.yaml\n§---\nsip: {}", "a second document begins here")]
    [InlineData("§- a\n- b", "'configuration' takes a mapping, not a list")]
    [InlineData("§", "the configuration is empty")]
    [InlineData("§# nothing but a comment", "the configuration is empty")]
    [InlineData("{ realms: {}, dialplan: d.yaml\n§", "this is no YAML")]
    public void A_file_that_is_no_configuration_is_one_error_at_its_place(string marked, string message) =>
        Verify(marked, message, "sipalg.yaml", new ConfigurationBench().Load);

    private static void Verify(string marked, string message, string file, Func<string, SipAlg.Configuration.LoadResult> load)
    {
        var (text, line, column) = Unmark(marked);
        var result = load(text);

        var error = Assert.Single(Errors(result));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal($"{file}:{line}:{column}", error.At.ToString());
        Assert.Null(result.Configuration);
    }
}
