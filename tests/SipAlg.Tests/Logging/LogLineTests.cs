using System.Text.Json.Nodes;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Logging;

/// <summary>Lines for programs: docs/logging.md says what is in them.</summary>
public sealed class LogLineTests
{
    [Fact]
    public async Task Each_line_of_a_call_has_its_id_as_a_property()
    {
        using var folder = new GatewayFolder(more: "logging: { format: json, level: debug }");
        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");
        using var phone = new SipPhone(program.Port("udp://127.0.0.1:"));
        await phone.CallAsync("600");
        await phone.HangUpAsync();
        await program.SaysAsync("caller_hung_up");
        program.Signal(Signals.Term);
        await program.ExitAsync();

        var lines = program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] == '{').Select(line => JsonNode.Parse(line)!).ToArray();
        var ended = Assert.Single(lines, line => (int?)line["Properties"]!["EventId"]?["Id"] == 3002);
        var record = JsonNode.Parse((await File.ReadAllLinesAsync(folder.CdrFile))[0])!;
        Assert.Equal((string?)record["id"], (string?)ended["Properties"]!["Call"]);
        Assert.Equal("Debug", (string?)ended["Level"]);
        Assert.Contains((string)record["id"]!, (string?)ended["RenderedMessage"], StringComparison.Ordinal);
        Assert.All(lines.Where(line => ((string)line["MessageTemplate"]!).StartsWith("Call ", StringComparison.Ordinal)), line => Assert.NotNull(line["Properties"]!["Call"]));
    }
}
