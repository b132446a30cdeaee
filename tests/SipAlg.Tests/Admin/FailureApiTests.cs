using System.Text.Json.Nodes;
using SipAlg.Commands;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>What the API and the commands tell of what failed before it was anything: phones that cannot register, INVITEs that cannot be read.</summary>
[Collection("environment")]
public sealed class FailureApiTests
{
    [Fact]
    public async Task A_phone_that_cannot_register_is_told_with_the_reason()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.SendRawAsync(
            $"REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{phone.Port};rport;branch=z9hG4bKr\r\nMax-Forwards: 70\r\nFrom: <sip:anna@127.0.0.1>;tag=1\r\nTo: <sip:anna@127.0.0.1>\r\n" +
            $"Call-ID: r\r\nCSeq: 1 REGISTER\r\nUser-Agent: Tester\r\nContact: <sip:anna@127.0.0.1:{phone.Port}>\r\nContent-Length: 0\r\n\r\n");
        var answer = await phone.ReceiveAsync(message => message.StartsWith("SIP/2.0 ", StringComparison.Ordinal));
        JsonNode? body = null;
        await Eventually.True(async () => (body = (await host.GetAsync("api/v1/registrations/failures?user=anna")).Body)!["items"]!.AsArray().Count == 1, "the phone is in the list");
        var told = body!["items"]![0]!;
        Assert.Equal(
            ("no_registrar", "anna@127.0.0.1", $"127.0.0.1:{phone.Port}", "Tester", 1, answer.Split(' ')[1]),
            ((string?)told["verdict"]!["code"], (string?)told["aor"], (string?)told["source"], (string?)told["user_agent"], (int)told["count"]!, told["status"]!.ToString()));
        Assert.Null(body["next"]);
        Assert.Empty((await host.GetAsync("api/v1/registrations/failures?user=bert")).Body!["items"]!.AsArray());
        Assert.Equal(400, (await host.GetAsync("api/v1/registrations/failures?limit=0")).Status);
        Assert.Equal(400, (await host.GetAsync("api/v1/registrations/failures?cursor=x")).Status);

        var (why, exit) = await RunAsync(host, "why", "anna");
        Assert.Equal(0, exit);
        Assert.Contains($"anna@127.0.0.1 from 127.0.0.1:{phone.Port}, 1 time, last ", why, StringComparison.Ordinal);
        Assert.Contains("Phones cannot register in realm 'phones'", why, StringComparison.Ordinal);
        Assert.Equal("no_registrar", (string?)JsonNode.Parse((await RunAsync(host, "why", "anna", "--json")).Output)!["items"]![0]!["verdict"]!["code"]);
        Assert.Equal(1, (await RunAsync(host, "why", "nobody")).Exit);
    }

    [Fact]
    public async Task An_invite_that_cannot_be_read_is_in_the_list_with_its_message()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.SendRawAsync(
            $"INVITE sip:600@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{phone.Port};rport;branch=z9hG4bKm\r\nMax-Forwards: 70\r\nFrom: <sip:1 00@127.0.0.1>;tag=1\r\nTo: <sip:600@127.0.0.1>\r\n" +
            "Call-ID: m\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
        await phone.ReceiveAsync(message => message.StartsWith("SIP/2.0 400", StringComparison.Ordinal));
        JsonNode? call = null;
        await Eventually.True(async () => (call = (await host.GetAsync("api/v1/calls?state=refused&verdict=malformed")).Body!["items"]!.AsArray().FirstOrDefault()) is not null, "the INVITE is in the list");
        call = (await host.GetAsync($"api/v1/calls/{call!["id"]}")).Body!;
        Assert.Equal(("refused", "600", 400), ((string?)call["state"], (string?)call["called"], (int)call["status"]!));
        Assert.Equal(["in", "out"], call["messages"]!.AsArray().Select(message => (string)message!["direction"]!));
        Assert.Contains("malformed From", (await RunAsync(host, "why", (string)call["id"]!)).Output, StringComparison.Ordinal);
    }

    private static async Task<(string Output, int Exit)> RunAsync(RunningHost host, params string[] arguments)
    {
        using var output = new StringWriter();
        Environment.SetEnvironmentVariable("SIPALG_ADMIN_ADDRESS", host.Http.BaseAddress!.Authority);
        try
        {
            var exit = await GatewayCommands.InvokeAsync(arguments, (_, _) => Task.FromResult(99), TimeProvider.System, output, output);
            return (output.ToString(), exit);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SIPALG_ADMIN_ADDRESS", null);
        }
    }
}
