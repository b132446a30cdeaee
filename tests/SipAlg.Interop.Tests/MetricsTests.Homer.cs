using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Pbx;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>HEP, understood by a collector.</content>
public sealed partial class MetricsTests
{
    [Fact]
    public Task A_collector_gets_both_legs_of_a_call_under_its_id_as_its_record_has_them() => Scenario(async folder =>
    {
        await using var collector = await HomerCollector.StartAsync(folder, Fixture.Collector);
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee"), Fixture.Callee);
        await using var calling = Fixture.Call(folder, new SippScenario("caller"), Fixture.Callee.Number);
        await SippRun.AllSucceedAsync(calling, answering);

        // What the callee was sent names the call to the gateway's operator.
        var id = Regex.Match(answering.Received("INVITE ")[0].Text, "^X-Call-Trace: ([0-9a-f]{16})\r?$", RegexOptions.Multiline).Groups[1].Value;
        JsonNode? call = null;
        await Eventually.TrueAsync(async () => (call = await EndedAsync(id)) is not null, text: $"the record of call {id}");
        var messages = call!["messages"]!.AsArray().OfType<JsonNode>().ToArray();
        await Eventually.TrueAsync(() => collector.Packets.Count(packet => packet.Call == id) >= messages.Length, text: $"{messages.Length} packets of call {id}");

        var packets = collector.Packets.Where(packet => packet.Call == id).ToArray();
        Assert.Equal(messages.Select(message => (string?)message["message"]), packets.Select(packet => packet.Message));
        Assert.Equal(2, packets.Select(packet => Regex.Match(packet.Message, "^Call-ID: (.*?)\r?$", RegexOptions.Multiline | RegexOptions.IgnoreCase).Groups[1].Value).Distinct().Count());
        foreach (var (message, packet) in messages.Zip(packets))
        {
            var (from, to) = (string?)message["direction"] == "in" ? ("remote", "local") : ("local", "remote");
            Assert.Equal(((string?)message[from], (string?)message[to], (string?)message["transport"]), (packet.From, packet.To, packet.Transport));
            Assert.Equal((DateTimeOffset)message["at"]!, packet.Time, TimeSpan.FromMilliseconds(1));
            Assert.Equal(("1", "77", "s3cret"), (packet.Kind, packet.Agent, packet.Password));
        }
    });

    private async Task<JsonNode?> EndedAsync(string id)
    {
        var ended = JsonNode.Parse(await Fixture.Gateway.GetAsync("/api/v1/calls?state=ended"))!["items"]!.AsArray();
        return ended.Any(call => (string?)call!["id"] == id) ? JsonNode.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls/{id}")) : null;
    }
}
