using System.Diagnostics;
using System.Text.Json.Nodes;
using SipAlg.Tests.Journal.Targets;

namespace SipAlg.Tests.Hosting;

/// <summary>A gateway that is killed (SIGKILL) while calls end: what docs/cdr.md promises of their records.</summary>
public sealed class KilledRecordsTests
{
    /// <summary>What is promised is some hundredths of a second; a machine that is busy may be slower.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task Every_call_that_had_ended_has_its_record_and_the_server_gets_it_from_the_next_gateway()
    {
        using var server = new BillingServer { Status = _ => 503 }.Start();
        using var folder = new GatewayFolder(records: $"cdr: {{ file: cdr/calls.jsonl, csv: cdr/calls.csv, webhook: {{ url: '{server.Url}' }} }}");
        using var killed = await StartAsync(folder);
        var ended = await EndCallsAsync(killed);
        killed.Signal(Signals.KillNow);
        await killed.ExitAsync();

        var must = ended.Where(call => ended[^1].At - call.At > Window).Select(call => call.Caller).ToArray();
        Assert.True(must.Length >= 5, $"only {ended.Count} calls in {Enough}");
        var lines = await File.ReadAllLinesAsync(folder.CdrFile);
        var records = lines.Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(must, records.Select(record => (string)record["caller"]!).Take(must.Length));
        var table = await File.ReadAllLinesAsync(Path.ChangeExtension(folder.CdrFile, ".csv"));
        Assert.Equal(must, table.Skip(1).Take(must.Length).Select(line => line.Split(',')[6]));

        server.Status = _ => 200;
        using var next = await StartAsync(folder);
        var last = must[^1];
        var lastId = (string)records.Single(record => (string)record["caller"]! == last)["id"]!;
        await Eventually.True(() => server.Ids.Contains(lastId), "the next gateway delivers them");
        Assert.Equal(records.Take(must.Length).Select(record => (string)record["id"]!), server.Ids.Distinct().Take(must.Length));
        next.Signal(Signals.Term);
        Assert.Equal(0, await next.ExitAsync());
    }

    private static async Task<GatewayProcess> StartAsync(GatewayFolder folder)
    {
        var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");
        return program;
    }

    /// <summary>Calls one after the other, each from a number of its own, with the time when the end of each was answered.</summary>
    private static async Task<List<(string Caller, TimeSpan At)>> EndCallsAsync(GatewayProcess program)
    {
        var clock = Stopwatch.StartNew();
        List<(string, TimeSpan)> ended = [];
        while (clock.Elapsed < Enough || ended.Count < 20)
        {
            var caller = $"{1000 + ended.Count}";
            using var phone = new SipPhone(program.Port("udp://127.0.0.1:"));
            await phone.CallAsync("600", caller);
            await phone.HangUpAsync();
            ended.Add((caller, clock.Elapsed));
        }

        return ended;
    }
}
