using System.Text.Json;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>The gateway is killed, and started again on what it kept.</content>
public sealed partial class RegistrationTests
{
    /// <summary>In the middle of a storm: who has an answer is registered when it starts again.</summary>
    [Fact]
    public Task Who_was_answered_is_registered_after_a_kill() => WithGatewayAsync(2000, "md5", async (folder, gateway, listen, startAsync) =>
    {
        await using var phones = Register(folder, listen, 2000);
        await Eventually.TrueAsync(() => phones.Received("SIP/2.0 200").Count > 200);
        await gateway.DisposeAsync();
        var answered = phones.Received("SIP/2.0 200").Select(User).ToHashSet();
        Assert.InRange(answered.Count, 200, 1999);
        await using var again = await startAsync();
        Assert.Empty(answered.Except((await EndsAsync(again)).Keys));
    });

    /// <summary>
    /// In the middle of a storm of refreshes, each for another time than all others: a registration stands for as long as the last answer
    /// said, or as the refresh behind it asks for, if the gateway took that without answering any more.
    /// </summary>
    [Fact]
    public Task A_refresh_that_was_answered_holds_after_a_kill() => WithGatewayAsync(500, "md5", async (folder, gateway, listen, startAsync) =>
    {
        int[] times = [300, 1200, 600, 1800, 400, 2000, 800, 1600, 1000, 1400, 500];
        const int LeastApart = 100;
        var script = times.Aggregate(new RegisterScript("refreshing"), (refreshes, seconds) =>
            refreshes.Register($"{RegisterScript.Own}Expires: {seconds}\n", Check.Field("Contact", $"expires={seconds}")).Pause(500));
        await using var phones = Run(script, folder, listen, 500);
        await Eventually.TrueAsync(async () => (await gateway.MetricsAsync()).Sum("sipalg_authentications_total", "outcome=\"accepted\"") > 2500);
        await gateway.DisposeAsync();
        // Else they would go on with the next one.
        await phones.DisposeAsync();
        var answers = phones.Received("SIP/2.0 200").GroupBy(User).Select(user => user.MaxBy(RegisterScript.PlaceOf)!).ToArray();
        Assert.Equal(500, answers.Length);
        Assert.InRange(answers.Sum(RegisterScript.PlaceOf), 1500, 4500);

        await using var again = await startAsync();
        var ends = await EndsAsync(again);
        Assert.Empty(answers.Where(answer => !Stands(answer)).Select(answer => $"until {ends.GetValueOrDefault(User(answer))}, answered {answer.At}:\n{answer.Text}"));

        bool Stands(SippMessage answer)
        {
            var lasts = ends.TryGetValue(User(answer), out var end) ? (end - new DateTimeOffset(answer.At)).TotalSeconds : 0;
            return times.Skip(RegisterScript.PlaceOf(answer)).Take(2).Any(seconds => Math.Abs(lasts - seconds) < LeastApart / 2);
        }
    });

    /// <summary>Who has left and was told so is gone when it starts again; who was not asked yet stands.</summary>
    [Fact]
    public Task Who_has_left_stays_away_after_a_kill() => WithGatewayAsync(1000, "md5", async (folder, gateway, listen, startAsync) =>
    {
        var script = new RegisterScript("leaving").Register($"{RegisterScript.Own}Expires: 600\n").Pause(1500).Register($"{RegisterScript.Own}Expires: 0\n", Check.NoField("Contact"));
        await using var phones = Run(script, folder, listen, 1000);
        await Eventually.TrueAsync(() => phones.Received("SIP/2.0 200").Count(answer => RegisterScript.PlaceOf(answer) == 1) > 100);
        await gateway.DisposeAsync();
        await phones.DisposeAsync();
        var answers = phones.Received("SIP/2.0 200").ToLookup(RegisterScript.PlaceOf, User);
        var left = answers[1].ToHashSet();
        Assert.InRange(left.Count, 100, 999);

        await using var again = await startAsync();
        var standing = await EndsAsync(again);
        Assert.Empty(standing.Keys.Intersect(left));
        Assert.NotEmpty(standing);
    });

    /// <summary>Without a word of the phones.</summary>
    [Fact]
    public Task A_killed_gateway_rings_the_phones_at_once_when_it_starts_again() => WithGatewayAsync(2, "md5", async (folder, gateway, listen, startAsync) =>
    {
        await using var calling = await PhoneAsync(folder, listen, "u1", "udp", 500);
        await using var called = await PhoneAsync(folder, listen, "u2", "udp", 1100);
        await gateway.DisposeAsync();
        await using var again = await startAsync();
        await calling.DialAsync($"sip:u2@{listen}");
        await calling.EstablishedAsync();
        await calling.HearsAsync(called);
        await called.HearsAsync(calling);
        Assert.Equal(0, (await again.MetricsAsync()).Sum("sipalg_sip_requests_total", "direction=\"in\",method=\"REGISTER\""));
        await called.HangUpAsync();
        await calling.ClosedAsync();
    });

    /// <summary>The phone's connection has gone with the gateway, and it is where nobody else can connect to.</summary>
    [Fact]
    public Task A_phone_that_registered_by_tcp_rings_again_when_it_has_connected_again() => WithGatewayAsync(2, "md5", async (folder, gateway, listen, startAsync) =>
    {
        await using var calling = await PhoneAsync(folder, listen, "u1", "udp", 500);
        await using (await PhoneAsync(folder, listen, "u2", "tcp", 1100))
        {
            await gateway.DisposeAsync();
        }

        await using var again = await startAsync();
        Assert.Equal(2, await ActiveAsync(again));
        await calling.DialAsync($"sip:u2@{listen}");
        await calling.ClosedAsync();
        await Eventually.TrueAsync(async () => (await again.GetAsync("/api/v1/calls?state=ended")).Contains("\"cause\":\"not_registered\"", StringComparison.Ordinal));

        await using var called = await PhoneAsync(folder, listen, "u2", "tcp", 1100);
        await calling.DialAsync($"sip:u2@{listen}");
        await calling.EstablishedAsync();
        await calling.HearsAsync(called);
        await called.HangUpAsync();
        await calling.ClosedAsync(calls: 2);
    });

    private static string User(SippMessage message) => Regex.Match(message.Text, "To: <sip:(u[0-9]+)@").Groups[1].Value;

    /// <summary>Who is registered, and until when.</summary>
    private static async Task<Dictionary<string, DateTimeOffset>> EndsAsync(GatewayProcess gateway)
    {
        Dictionary<string, DateTimeOffset> ends = [];
        for (var cursor = "0"; cursor is not null;)
        {
            using var page = JsonDocument.Parse(await gateway.GetAsync($"/api/v1/registrations?limit=500&cursor={cursor}"));
            foreach (var item in page.RootElement.GetProperty("items").EnumerateArray())
            {
                ends[item.GetProperty("aor").GetString()!.Split('@')[0]] = item.GetProperty("expires").GetDateTimeOffset();
            }

            cursor = page.RootElement.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        return ends;
    }
}
