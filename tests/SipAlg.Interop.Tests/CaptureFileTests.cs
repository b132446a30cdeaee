using System.Text.Json.Nodes;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>The capture file of a call, as tshark reads it: the same messages as the API has, over UDP and TCP.</summary>
public sealed class CaptureFileTests(CaptureFileTests.Gateway gateway) : GatewayTests<CaptureFileTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee Callee { get; }

        public Gateway() => Callee = AddCallee("callee", transport: "tcp");
    }

    private async Task<JsonNode> LastCallAsync()
    {
        var list = JsonNode.Parse(await Fixture.Gateway.GetAsync("/api/v1/calls?state=ended&limit=1"))!;
        return JsonNode.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls/{list["items"]![0]!["id"]}"))!;
    }

    /// <summary>As tshark would put it: method or status, and the transport.</summary>
    private static string Rung(JsonNode message)
    {
        var words = ((string)message["message"]!).Split(' ', 3);
        var isAnswer = words[0] == "SIP/2.0";
        return $"{(isAnswer ? "" : words[0])};{(isAnswer ? words[1] : "")};{message["transport"]}";
    }

    [Fact]
    public Task Tshark_lists_the_same_messages() => Scenario(async folder =>
    {
        await Fixture.TalkAsync(folder, new SippScenario("caller"), new SippScenario("callee"), Fixture.Callee);
        await Eventually.TrueAsync(async () => JsonNode.Parse(await Fixture.Gateway.GetAsync("/api/v1/calls?state=ended"))!["items"]!.AsArray().Count > 0);
        var call = await LastCallAsync();
        var file = folder["call.pcap"];
        await File.WriteAllBytesAsync(file, await Fixture.Gateway.DownloadAsync($"/api/v1/calls/{call["id"]}/pcap"));
        await using var tshark = ChildProcess.Start(
            "tshark",
            [
                "-r", file, "-d", $"udp.port=={Fixture.Outside.Port},sip", "-d", $"tcp.port=={Fixture.Inside.Port},sip", "-Y", "sip", "-T", "fields", "-E", "separator=;",
                "-e", "sip.Method", "-e", "sip.Status-Code", "-e", "_ws.col.Protocol", "-e", "ip.proto", "-e", "_ws.malformed",
            ],
            folder);
        Assert.True(await tshark.ExitAsync(Eventually.Deadline) == 0, tshark.Output);
        var seen = tshark.Output.Split('\n').Where(line => line.Count(letter => letter == ';') == 4).Select(line => line.TrimEnd().Split(';')).ToArray();

        Assert.All(seen, fields => Assert.Equal("", fields[4]));
        Assert.Equal(
            call["messages"]!.AsArray().Select(message => Rung(message!)),
            seen.Select(fields => $"{(fields[1].Length > 0 ? "" : fields[0])};{fields[1]};{(fields[3] == "17" ? "udp" : "tcp")}"));
        Assert.Contains(seen, fields => fields[3] == "6");
    });
}
