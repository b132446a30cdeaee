using System.Net;
using System.Text.Json.Nodes;
using SipAlg.Tests.Hosting;
using static SipAlg.Tests.Hep.Collector;

namespace SipAlg.Tests.Hep;

/// <summary>What a collector gets of calls; a real one is asked in the tests against real peers.</summary>
public sealed class HepExportTests
{
    private const int Family = 1, Protocol = 2, Source = 3, Target = 4, SourcePort = 7, TargetPort = 8, Seconds = 9, Microseconds = 10, Kind = 11, Agent = 12, Password = 14, Payload = 15, Correlation = 17;

    private static async Task<JsonNode> EndedAsync(RunningHost host)
    {
        JsonNode? call = null;
        await Eventually.True(async () => (call = (await host.GetAsync("api/v1/calls?state=ended")).Body!["items"]!.AsArray().FirstOrDefault()) is not null, "the call is in the list");
        return (await host.GetAsync($"api/v1/calls/{call!["id"]}")).Body!;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_collector_gets_each_message_of_a_call_as_its_record_has_it(bool isStream)
    {
        using var collector = new Collector(isStream);
        await using var host = await RunningHost.StartAsync(more: $"trace: {{ hep: '{collector.Target}', hep_id: 7, hep_password: s3cret }}");
        using var phone = host.Phone();
        await phone.CallAsync("600");
        await phone.HangUpAsync();
        var call = await EndedAsync(host);
        var messages = call["messages"]!.AsArray();
        await Eventually.True(() => collector.Packets.Count == messages.Count, $"{messages.Count} packets have come");

        foreach (var (packet, message) in collector.Packets.Zip(messages))
        {
            Assert.Equal((string?)message!["message"], Text(packet, Payload));
            Assert.Equal((2, 17, 1, 7), (Number(packet, Family), Number(packet, Protocol), Number(packet, Kind), Number(packet, Agent)));
            var (from, to) = (string?)message["direction"] == "in" ? ("remote", "local") : ("local", "remote");
            Assert.Equal((string?)message[from], $"{new IPAddress(packet[Source])}:{Number(packet, SourcePort)}");
            Assert.Equal((string?)message[to], $"{new IPAddress(packet[Target])}:{Number(packet, TargetPort)}");
            var at = DateTimeOffset.UnixEpoch.AddSeconds(Number(packet, Seconds)).AddMicroseconds(Number(packet, Microseconds));
            Assert.Equal((DateTimeOffset)message["at"]!, at, TimeSpan.FromMilliseconds(1));
            Assert.Equal((string?)call["id"], Text(packet, Correlation));
            Assert.Equal("s3cret", Text(packet, Password));
        }
    }

    [Fact]
    public async Task Both_sides_of_a_call_have_its_id_and_no_secret_leaves()
    {
        using var collector = new Collector();
        using var far = new SipPhone(0);
        await using var host = await RunningHost.StartAsync(more: $"trace: {{ hep: '{collector.Target}' }}", far: far.Port);
        using var phone = host.Phone();
        await phone.SendRawAsync(
            "INVITE sip:700@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + phone.Port + ";branch=z9hG4bK1\r\nFrom: <sip:1@x>;tag=1\r\nTo: <sip:700@x>\r\nCall-ID: secret-call\r\nCSeq: 1 INVITE\r\n" +
            "Contact: <sip:1@127.0.0.1>\r\nAuthorization: Digest username=\"a\", response=\"0123456789\"\r\nContent-Length: 0\r\n\r\n");
        await Eventually.True(() => collector.Packets.Count(packet => Text(packet, Payload).StartsWith("INVITE", StringComparison.Ordinal)) >= 2, "the INVITEs of both sides");

        var invites = collector.Packets.Where(packet => Text(packet, Payload).StartsWith("INVITE", StringComparison.Ordinal)).ToArray();
        Assert.Single(invites.Select(packet => Text(packet, Correlation)).Distinct());
        Assert.Equal(far.Port, Number(invites[1], TargetPort));
        Assert.Contains("response=\"**********\"", Text(invites[0], Payload), StringComparison.Ordinal);
        Assert.DoesNotContain(collector.Packets, packet => Text(packet, Payload).Contains("0123456789", StringComparison.Ordinal) || packet.ContainsKey(Password));
        Assert.All(collector.Packets, packet => Assert.Equal(2001, Number(packet, Agent)));
    }

    [Fact]
    public async Task A_reload_turns_it_on_and_off()
    {
        using var collector = new Collector();
        await using var host = await RunningHost.StartAsync(more: "trace: { memory: 8MiB }");
        using var phone = host.Phone();
        await phone.CallAsync("600");
        Assert.DoesNotContain("\nsipalg_hep_up 1\n", await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
        var file = await File.ReadAllTextAsync(host.Folder.File);
        await File.WriteAllTextAsync(host.Folder.File, file.Replace("8MiB", $"8MiB, hep: '{collector.Target}'", StringComparison.Ordinal));
        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);
        await phone.HangUpAsync();
        await Eventually.True(() => collector.Packets.Count == 2, "BYE and its answer");
        Assert.StartsWith("BYE", Text(collector.Packets[0], Payload), StringComparison.Ordinal);
        Assert.NotEmpty(Text(collector.Packets[1], Correlation));
        Assert.Contains("\nsipalg_hep_up 1\n", await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);

        await File.WriteAllTextAsync(host.Folder.File, file);
        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);
        Assert.DoesNotContain("\nsipalg_hep_up 1\n", await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Contains("\nsipalg_hep_sent_total 2\n", await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    /// <summary>Over TCP nothing is lost while the collector is away: the messages wait where they are kept.</summary>
    [Fact]
    public async Task What_a_collector_missed_over_tcp_it_gets_when_it_is_back()
    {
        int port;
        using (var gone = new Collector(isStream: true))
        {
            port = gone.Port;
        }

        await using var host = await RunningHost.StartAsync(more: $"trace: {{ hep: 'tcp://127.0.0.1:{port}' }}");
        await Eventually.True(async () => (await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Contains("\nsipalg_hep_up 0\n", StringComparison.Ordinal), "it is known to be away");
        using var phone = host.Phone();
        await phone.CallAsync("600");
        await phone.HangUpAsync();
        using var collector = new Collector(isStream: true, port);
        await Eventually.True(() => collector.Packets.Count == 5, "all messages");
        Assert.Equal(5, collector.Packets.Select(packet => Text(packet, Correlation)).Count(id => id.Length == 16));
        Assert.Contains("sipalg_hep_lost_total{reason=\"unsent\"} 0\n", await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
    }
}
