using System.Text.Json;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests.Flows;

/// <summary>One call by a script on each side, while it lasts and when it is over.</summary>
internal sealed class Flow(GatewayProcess gateway, Metrics before, SippRun calling, params IReadOnlyList<SippRun> answering) : IAsyncDisposable
{
    public SippRun Calling => calling;

    /// <summary>The first of those who are called.</summary>
    public SippRun Answering => answering[0];

    /// <summary>Who is called behind the first.</summary>
    public SippRun Joining => answering[1];

    /// <summary>As the caller's From has it.</summary>
    private string CallersNumber => $"+4940{calling.Local.Port}";

    /// <summary>All scripts went as written, the call is over for this cause, and its ports are free again.</summary>
    public async Task EndsAsync(string cause, int? status = null)
    {
        await IsOverAsync(cause, status);
        foreach (var gauge in new[] { "sipalg_calls_active", "sipalg_media_ports_in_use" })
        {
            await Eventually.TrueAsync(async () => (await gateway.MetricsAsync()).Sum(gauge) <= before.Sum(gauge), text: $"{gauge} back at {before.Sum(gauge)}");
        }
    }

    /// <summary>All scripts went as written, and the call is over for this cause, whatever others do meanwhile.</summary>
    public async Task IsOverAsync(string cause, int? status = null, TimeSpan? within = null)
    {
        await SippRun.AllSucceedAsync(within, [calling, .. answering]);
        await Eventually.TrueAsync(async () => await FindAsync("ended") is not null, text: "the call's record");
        var record = (await FindAsync("ended"))!.Value;
        Assert.Equal(cause, record.GetProperty("cause").GetString());
        Assert.True(status is null || record.GetProperty("status").GetInt32() == status, $"status is not {status} in {record}");
    }

    /// <summary>The record of the call, which is over.</summary>
    public async Task<JsonElement> RecordAsync() => (await FindAsync("ended"))!.Value;

    /// <summary>Waits until they talk.</summary>
    public Task IsAnsweredAsync() => Eventually.TrueAsync(
        async () => await FindAsync("live") is { } call && call.GetProperty("state").GetString() == "answered", text: "call answered");

    /// <summary>Hangs up as an operator does: for a test that has seen what it wanted.</summary>
    public async Task HangUpAsync()
    {
        var call = await FindAsync("live");
        Assert.NotNull(call);
        await gateway.DeleteAsync($"/api/v1/calls/{call.Value.GetProperty("id").GetString()}");
    }

    private async Task<JsonElement?> FindAsync(string state)
    {
        using var list = JsonDocument.Parse(await gateway.GetAsync($"/api/v1/calls?state={state}&limit=1000"));
        var found = list.RootElement.GetProperty("items").EnumerateArray().Where(call => call.GetProperty("caller").GetString() == CallersNumber).ToArray();
        return found.Length == 0 ? null : found[0].Clone();
    }

    /// <summary>A call that a failed test left behind would be another test's failure.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!gateway.HasExited && await FindAsync("live") is not null)
        {
            await HangUpAsync();
        }

        foreach (var run in answering.Append(calling))
        {
            await run.DisposeAsync();
        }
    }
}
