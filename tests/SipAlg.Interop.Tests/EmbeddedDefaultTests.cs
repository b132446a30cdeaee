using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Testing.Network;

namespace SipAlg.Interop.Tests;

/// <summary>The gateway without any configuration: what it prints is typed into two phones.</summary>
public sealed partial class EmbeddedDefaultTests
{
    /// <summary>What a phone asks for.</summary>
    private sealed record Account(string User, string Password, string Domain, int Port);

    [Fact]
    public async Task Two_phones_register_with_what_it_prints_and_call_each_other()
    {
        GatewayProcess? started = null;
        await ScenarioFolder.RunAsync(() => started?.Log ?? "", async folder =>
        {
            using var claim = await FixedPortsAsync();
            await using var gateway = started = await GatewayProcess.StartDefaultAsync(folder);
            var accounts = await AccountsAsync(gateway);
            Assert.Equal(["alice", "bob"], accounts.Select(account => account.User));
            await SipsakIsAnsweredAsync(folder);

            await using var alice = await PhoneAsync(folder, accounts[0], "udp", toneHertz: 500);
            await using var bob = await PhoneAsync(folder, accounts[1], "tcp", toneHertz: 1100);
            await alice.DialAsync("102");
            await TalkAsync(alice, bob, calls: 1);
            await bob.DialAsync($"sip:alice@{accounts[1].Domain};transport=tcp");
            await TalkAsync(bob, alice, calls: 2);
            await Eventually.TrueAsync(
                async () => Regex.IsMatch(await gateway.GetAsync("/api/v1/calls?state=ended"), "\"from_user\":\"bob\"[^}]*\"to_user\":\"alice\""), text: "the record of bob's call");

            // The second start knows the phones, and tells no password.
            await gateway.StopAsync();
            await using var again = started = await GatewayProcess.StartDefaultAsync(folder);
            await Eventually.TrueAsync(() => again.Output.Contains("alice (101), bob (102)", StringComparison.Ordinal));
            Assert.All(accounts, account => Assert.DoesNotContain(account.Password, again.Output, StringComparison.Ordinal));
            await bob.DialAsync($"sip:101@{accounts[1].Domain};transport=tcp");
            await TalkAsync(bob, alice, calls: 3);
            await again.StopAsync();
        });
    }

    /// <summary>Another test holds its port to see the program refuse.</summary>
    private static async Task<Claim> FixedPortsAsync()
    {
        Claim? claim = null;
        await Eventually.TrueAsync(() => (claim ??= Claim.TryTake("port 5060")) is not null, text: "nobody else's test of the fixed ports");
        return claim!;
    }

    private static async Task<Account[]> AccountsAsync(GatewayProcess gateway)
    {
        await Eventually.TrueAsync(() => gateway.Output.Contains("End it", StringComparison.Ordinal), text: "the program says how to end it");
        return [.. AccountText().Matches(gateway.Output).Select(match => new Account(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, int.Parse(match.Groups[4].Value)))];
    }

    private static async Task SipsakIsAnsweredAsync(ScenarioFolder folder)
    {
        await using var sipsak = ChildProcess.Start("sipsak", ["-vv", "-s", "sip:600@127.0.0.1"], folder);
        Assert.True(await sipsak.ExitAsync(Eventually.Deadline) == 0, sipsak.Output);
    }

    private static async Task<Baresip> PhoneAsync(ScenarioFolder folder, Account account, string transport, double toneHertz)
    {
        var phone = await Baresip.StartAsync(folder, account.User, Ports.Free(account.Domain), toneHertz,
            $"<sip:{account.User}@{account.Domain}:{account.Port};transport={transport}>;auth_pass={account.Password};regint=60");
        await Eventually.TrueAsync(() => phone.IsRegistered, text: $"{account.User} registered");
        return phone;
    }

    private static async Task TalkAsync(Baresip caller, Baresip callee, int calls)
    {
        await caller.EstablishedAsync(calls);
        await callee.EstablishedAsync(calls);
        await caller.HearsAsync(callee);
        await callee.HearsAsync(caller);
        await caller.HangUpAsync();
        await callee.ClosedAsync(calls);
        await caller.ClosedAsync(calls);
    }

    [GeneratedRegex(@"User name +(\w+).*\n +Password +(\w+)\n +Domain +([0-9.]+).*\n +Port +([0-9]+)\n")]
    private static partial Regex AccountText();
}
