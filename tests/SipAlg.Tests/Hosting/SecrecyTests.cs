using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Tests.Hep;

namespace SipAlg.Tests.Hosting;

/// <summary>
/// A gateway whose every secret is marked does all that it can, and then everything that it has written, answered or sent is searched for
/// the marks.
/// </summary>
public sealed class SecrecyTests : IDisposable
{
    private const string Mark = "mK7q";
    private const string Admin = Mark + "-admin-token-0123456789";
    private const string Reader = Mark + "-read-token-0123456789";
    private const string AlicePassword = Mark + "-password-of-alice";
    private const string TrunkPassword = Mark + "-password-of-trunk";
    private const string HookToken = Mark + "-token-of-webhook";
    private const string MediaKey = Mark + "KeyOfMediaKeyOfMediaKeyOfMediaKeyOfMed";
    private const string Md5 = "0123456789abcdef0123456789abcdef";

    private static readonly string[] Paths =
    [
        "healthz", "readyz", "metrics", "openapi.json", "api/v1/overview", "api/v1/configuration", "api/v1/dialplan", "api/v1/audit", "api/v1/session", "api/v1/peers", "api/v1/bans",
        "api/v1/registrations", "api/v1/registrations/failures", "api/v1/calls?state=live", "api/v1/calls?state=ended", "", "app.js", "api/v1/nothing",
    ];

    private readonly Collector _collector = new();
    private readonly SipPhone _far = new(0);
    private readonly GatewayFolder _folder;
    private readonly Dictionary<string, string> _seen = [];

    public SecrecyTests() => _folder = new GatewayFolder(
        admin: $"token: '{Admin}', read_token: '{Reader}'",
        realm: "domain: x.example",
        far: _far.Port,
        trunk: $"credentials: {{ username: trunk, realm: carrier.example, password: '{TrunkPassword}' }}",
        records: $"cdr: {{ file: cdr/calls.jsonl, csv: cdr/calls.csv, webhook: {{ url: 'http://127.0.0.1:9/', token: '{HookToken}' }} }}",
        more: $$"""
            users:
              alice: { password: '{{AlicePassword}}', numbers: ['101'] }
              bob: { password_hash: { md5: '{{Md5}}' }, numbers: ['102'] }
            trace: { hep: '{{_collector.Target}}' }
            logging: { level: trace }
            """);

    public void Dispose()
    {
        _folder.Dispose();
        _far.Dispose();
        _collector.Dispose();
    }

    [Fact]
    public async Task No_secret_is_written_answered_or_sent()
    {
        using var program = new GatewayProcess("run", "--config", _folder.File);
        await program.SaysAsync("Admin on http://");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{program.Port("Admin on http://127.0.0.1:")}/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
        using var phone = new SipPhone(program.Port("udp://127.0.0.1:"));

        await UseAsync(phone);
        await ReadAsync(http);
        await CommandAsync(http.BaseAddress!.Port);
        await ReloadAsync(http);
        program.Signal(Signals.Term);
        await program.ExitAsync();
        _seen["output"] = program.Output + program.Error;
        _seen["HEP"] = string.Concat(_collector.Packets.SelectMany(packet => packet.Values).Select(Encoding.Latin1.GetString));
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(_folder.File)!, "*", SearchOption.AllDirectories).Where(file => file != _folder.File && !file.EndsWith("broken.yaml", StringComparison.Ordinal)))
        {
            _seen[file] = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
        }

        // What it was searched for was there to be found: these would show it.
        Assert.Contains("inline:***", _seen["calls"] + _seen["HEP"], StringComparison.Ordinal);
        Assert.Contains("inline:***", _seen["HEP"], StringComparison.Ordinal);
        Assert.Contains("response=\\\"***", _seen["calls"].Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("alice", _seen["api/v1/registrations"], StringComparison.Ordinal);
        Assert.Contains("trunk", _seen["api/v1/configuration"], StringComparison.Ordinal);
        Assert.All(_seen, seen => Assert.False(Holds(seen.Value), $"{seen.Key} holds a secret: {Around(seen.Value)}"));
    }

    /// <summary>A registration, a wrong password, a call with keys of media and with credentials, one to a trunk that wants ours.</summary>
    private async Task UseAsync(SipPhone phone)
    {
        Assert.StartsWith("SIP/2.0 200", await phone.RegisterAsync("alice", AlicePassword), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 4", await phone.RegisterAsync("alice", "other" + AlicePassword), StringComparison.Ordinal);
        await phone.SendRawAsync(Invite(phone, "600", "one"));
        await phone.ReceiveAsync(message => message.StartsWith("SIP/2.0 200", StringComparison.Ordinal));
        await phone.SendRawAsync(Invite(phone, "700", "two"));
        var invite = await _far.ReceiveAsync(message => message.StartsWith("INVITE", StringComparison.Ordinal));
        await _far.AnswerAsync(invite, $"SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"carrier.example\", nonce=\"{Mark}nonce\"\r\n");
        var proven = await _far.ReceiveAsync(message => message.StartsWith("INVITE", StringComparison.Ordinal) && message.Contains("username=\"trunk\"", StringComparison.Ordinal));
        await _far.AnswerAsync(proven, "SIP/2.0 486 Busy Here\r\n");
        await phone.ReceiveAsync(message => message.StartsWith("SIP/2.0 486", StringComparison.Ordinal));
    }

    private static string Invite(SipPhone phone, string number, string id)
    {
        var body = $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {phone.Port} RTP/AVP 8\r\n" +
            $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{MediaKey}\r\na=ice-pwd:{Mark}IcePasswordIcePassword\r\nk=clear:{Mark}\r\n";
        return $"INVITE sip:{number}:{Mark}inUri@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{phone.Port};rport;branch=z9hG4bK{id}\r\nMax-Forwards: 70\r\n" +
            $"From: <sip:100@127.0.0.1>;tag=1\r\nTo: <sip:{number}@127.0.0.1>\r\nCall-ID: {id}@secrecy\r\nCSeq: 1 INVITE\r\nContact: <sip:100@127.0.0.1:{phone.Port}>\r\n" +
            $"Authorization: Digest username=\"alice\", realm=\"x.example\", nonce=\"{Mark}n\", uri=\"sip:x\", response=\"{Mark}0123456789abcdef0123456789ab\", cnonce=\"{Mark}\"\r\n" +
            $"Content-Type: application/sdp\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private async Task ReadAsync(HttpClient http)
    {
        foreach (var path in Paths)
        {
            _seen[path] = await (await http.GetAsync(new Uri(path, UriKind.Relative))).Content.ReadAsStringAsync();
        }

        var ids = Regex.Matches(_seen["api/v1/calls?state=ended"] + _seen["api/v1/calls?state=live"], "\"id\":\"(?<id>[^\"]+)\"").Select(match => match.Groups["id"].Value).Distinct();
        var calls = new StringBuilder();
        foreach (var id in ids)
        {
            calls.Append(await http.GetStringAsync(new Uri($"api/v1/calls/{id}", UriKind.Relative)));
            calls.Append(Encoding.Latin1.GetString(await http.GetByteArrayAsync(new Uri($"api/v1/calls/{id}/pcap", UriKind.Relative))));
        }

        _seen["calls"] = calls.ToString();
        using var stream = await http.GetStreamAsync(new Uri("api/v1/events", UriKind.Relative));
        var events = new byte[4096];
        _seen["events"] = Encoding.UTF8.GetString(events, 0, await stream.ReadAsync(events));
        using var login = new StringContent($"{{\"token\":\"wrong{Admin}\"}}", Encoding.UTF8, "application/json");
        _seen["login"] = await (await http.PostAsync(new Uri("api/v1/login", UriKind.Relative), login)).Content.ReadAsStringAsync();
    }

    /// <summary>The commands, of files that are right and of files that are not.</summary>
    private async Task CommandAsync(int port)
    {
        var broken = Path.Combine(Path.GetDirectoryName(_folder.File)!, "broken.yaml");
        await File.WriteAllTextAsync(broken, Broken(await File.ReadAllTextAsync(_folder.File)));
        string[][] commands =
        [
            ["check", "--config", _folder.File], ["check", "--config", broken], ["run", "--config", broken], ["schema"], ["route", "--config", _folder.File, "--called", "700", "--realm", "phones"],
            ["calls", "--config", _folder.File, "--json"], ["peers", "--config", _folder.File], ["registrations", "--config", _folder.File, "--json"],
        ];
        foreach (var command in commands)
        {
            using var program = GatewayProcess.With($"SIPALG_ADMIN_ADDRESS=http://127.0.0.1:{port}", command);
            await program.ExitAsync();
            _seen[string.Join(' ', command)] = program.Output + program.Error;
        }

        Assert.Contains("token", _seen[$"check --config {broken}"], StringComparison.Ordinal);
    }

    /// <summary>Faults where secrets stand.</summary>
    private static string Broken(string sound) => sound
        .Replace($"token: '{HookToken}'", $"token: ['{HookToken}']", StringComparison.Ordinal)
        .Replace($"token: '{Admin}'", $"token: '{Admin}', token: '{Admin}2'", StringComparison.Ordinal)
        .Replace($"password: '{AlicePassword}'", $"password: '{AlicePassword}', pasword: '{AlicePassword}'", StringComparison.Ordinal)
        .Replace($"md5: '{Md5}'", $"md5: '{Mark}{Md5}'", StringComparison.Ordinal)
        .Replace($"password: '{TrunkPassword}'", $"password: {{ is: '{TrunkPassword}' }}", StringComparison.Ordinal);

    private async Task ReloadAsync(HttpClient http)
    {
        var sound = await File.ReadAllTextAsync(_folder.File);
        await File.WriteAllTextAsync(_folder.File, Broken(sound));
        _seen["reload, refused"] = await (await http.PostAsync(new Uri("api/v1/reload", UriKind.Relative), null)).Content.ReadAsStringAsync();
        Assert.Contains("token", _seen["reload, refused"], StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.File, sound.Replace(AlicePassword, AlicePassword + "2", StringComparison.Ordinal));
        _seen["reload"] = await (await http.PostAsync(new Uri("api/v1/reload", UriKind.Relative), null)).Content.ReadAsStringAsync();
    }

    private static bool Holds(string text) => text.Contains(Mark, StringComparison.OrdinalIgnoreCase) || text.Contains(Md5, StringComparison.OrdinalIgnoreCase) ||
        text.Contains(Convert.ToBase64String(Encoding.ASCII.GetBytes(Admin))[..12], StringComparison.Ordinal);

    private static string Around(string text)
    {
        var at = Math.Max(text.IndexOf(Mark, StringComparison.OrdinalIgnoreCase), 0);
        return text[Math.Max(0, at - 120)..Math.Min(text.Length, at + 60)];
    }
}
