using System.Text.Json.Nodes;
using SipAlg.Tests.Journal.Targets;

namespace SipAlg.Tests.Hosting;

/// <summary>A gateway that is killed (SIGKILL) while calls end: what docs/cdr.md promises of their records. How long a record waits is in GatherTests.</summary>
public sealed class KilledRecordsTests
{
    private const int Enough = 20;

    /// <summary>Calls until a target is given up that has not <see cref="Enough"/> records.</summary>
    private const int Most = 2000;

    [Fact]
    public async Task Records_that_were_written_stay_and_those_that_are_lost_are_the_latest()
    {
        using var server = new BillingServer { Status = _ => 503 }.Start();
        using var folder = new GatewayFolder(records: $"cdr: {{ file: cdr/calls.jsonl, csv: cdr/calls.csv, webhook: {{ url: '{server.Url}' }} }}");
        using var killed = await StartAsync(folder);
        List<string> ended = [];
        var must = 0;
        for (; must < Enough; must = Written(folder))
        {
            Assert.True(ended.Count < Most, $"of {ended.Count} records {must} are in each target");
            await EndCallAsync(killed, ended);
        }

        for (var more = 0; more < 5; more++)
        {
            await EndCallAsync(killed, ended);
        }

        killed.Signal(Signals.KillNow);
        await killed.ExitAsync();

        var records = (await File.ReadAllLinesAsync(folder.CdrFile)).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.InRange(records.Length, must, ended.Count);
        Assert.Equal(ended.Take(records.Length), records.Select(record => (string)record["caller"]!));
        var table = (await File.ReadAllLinesAsync(Path.ChangeExtension(folder.CdrFile, ".csv"))).Skip(1).Select(line => line.Split(',')[6]).ToArray();
        Assert.InRange(table.Length, must, ended.Count);
        Assert.Equal(ended.Take(table.Length), table);

        server.Status = _ => 200;
        using var next = await StartAsync(folder);
        string[] wanted = [.. records.Take(must).Select(record => (string)record["id"]!)];
        await Eventually.True(() => server.Ids.Contains(wanted[^1]), "the next gateway delivers them");
        Assert.Equal(wanted, server.Ids.Distinct().Take(must));
        next.Signal(Signals.Term);
        Assert.Equal(0, await next.ExitAsync());
    }

    private static async Task<GatewayProcess> StartAsync(GatewayFolder folder)
    {
        var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");
        return program;
    }

    /// <summary>Records that are in the files of every target: the system has them, whatever becomes of the gateway.</summary>
    private static int Written(GatewayFolder folder) => Math.Min(
        Math.Min(Lines([folder.CdrFile]), Lines([Path.ChangeExtension(folder.CdrFile, ".csv")]) - 1),
        Lines(Directory.Exists(Spool(folder)) ? Directory.GetFiles(Spool(folder)) : []));

    private static string Spool(GatewayFolder folder) => Path.Combine(folder.State, "cdr-webhook");

    private static int Lines(IEnumerable<string> files) => files.Where(File.Exists).Sum(file => File.ReadAllBytes(file).Count(octet => octet == (byte)'\n'));

    /// <summary>A call from a number of its own, until its end is answered.</summary>
    private static async Task EndCallAsync(GatewayProcess program, List<string> ended)
    {
        var caller = $"{1000 + ended.Count}";
        using var phone = new SipPhone(program.Port("udp://127.0.0.1:"));
        await phone.CallAsync("600", caller);
        await phone.HangUpAsync();
        ended.Add(caller);
    }
}
