using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using SipAlg.Commands;
using SipAlg.Configuration;
using SipAlg.Hosting;
using SipAlg.Logging;
using SipAlg.State;

namespace SipAlg.Tests.Hosting;

/// <summary>The embedded default, on ports that are free, and what it says of itself.</summary>
public sealed class WelcomeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private readonly ProgramLog _log = new(LogLevel.Critical, LogFormat.Text);

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_tells_all_that_two_phones_need_and_they_register_with_that()
    {
        var users = DemoUsers.Open(_folder);
        await using var host = await StartAsync(users);
        users.Keep();
        var text = Welcome.Text(host.Gateway, host.Admin.Address, users, fault: null);

        var port = host.Gateway.Network.Bound(0).Port;
        Assert.Equal(2, Regex.Count(text, $"Domain +{HostAddresses.Read().Usual} "));
        Assert.Equal(2, Regex.Count(text, $"Port +{port}\n"));
        Assert.Equal(["102 or bob", "101 or alice"], Regex.Matches(text, "Dial +(.*) for the other phone").Select(match => match.Groups[1].Value));
        var accounts = Regex.Matches(text, "User name +(?<user>[a-z]+) .*\n +Password +(?<password>[^ \n]+)\n").Select(match => (match.Groups["user"].Value, match.Groups["password"].Value)).ToArray();
        Assert.Equal(["alice", "bob"], accounts.Select(account => account.Item1));
        foreach (var (user, password) in accounts)
        {
            using var phone = new SipPhone(port);
            Assert.StartsWith("SIP/2.0 401 ", await phone.RegisterAsync(user, "wrong"), StringComparison.Ordinal);
            Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync(user, password), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Passwords_are_told_once()
    {
        var made = DemoUsers.Open(_folder);
        made.Keep();
        var users = DemoUsers.Open(_folder);
        await using var host = await StartAsync(users);
        var text = Welcome.Text(host.Gateway, host.Admin.Address, users, fault: null);

        Assert.All(made.Made, user => Assert.DoesNotContain(user.Password, text, StringComparison.Ordinal));
        Assert.Contains("alice (101), bob (102)", text, StringComparison.Ordinal);
        Assert.Contains(users.Path, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_they_cannot_be_kept_it_says_so()
    {
        var users = DemoUsers.Open(_folder);
        await using var host = await StartAsync(users);

        Assert.Contains($"cannot be kept in {users.Path}\n  (no space)", Welcome.Text(host.Gateway, host.Admin.Address, users, "no space"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_where_SIP_listens_and_numbers_that_need_no_account()
    {
        var users = DemoUsers.Open(_folder);
        await using var host = await StartAsync(users);
        var text = Welcome.Text(host.Gateway, host.Admin.Address, users, fault: null);

        Assert.Contains($"http://{host.Admin.Address}/healthz", text, StringComparison.Ordinal);
        Assert.Contains($"sip:600@127.0.0.1:{host.Gateway.Network.Bound(0).Port}", text, StringComparison.Ordinal);
        foreach (var number in new[] { "600", "601" })
        {
            Assert.Contains($"{number} to hear", text, StringComparison.Ordinal);
            using var phone = new SipPhone(host.Gateway.Network.Bound(0).Port);
            Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync(number), StringComparison.Ordinal);
            await phone.HangUpAsync();
        }
    }

    [Theory]
    [InlineData("102", "401")]
    [InlineData("0123", "404")]
    public async Task Who_has_no_account_rings_no_phone(string called, string status)
    {
        await using var host = await StartAsync(DemoUsers.Open(_folder));
        using var phone = new SipPhone(host.Gateway.Network.Bound(0).Port);

        Assert.StartsWith($"SIP/2.0 {status} ", await phone.CallAsync(called), StringComparison.Ordinal);
    }

    private Task<GatewayHost> StartAsync(DemoUsers users)
    {
        var loaded = ConfigurationLoader.LoadDefault(users).Configuration!;
        var phones = loaded.Model.Realms[0];
        var configuration = loaded with
        {
            Model = loaded.Model with { Realms = [phones with { Listen = [.. phones.Listen.Select(listen => listen with { Endpoint = new(listen.Endpoint.Address, 0) })] }] },
            Host = loaded.Host with { StateFolder = _folder, Admin = loaded.Host.Admin with { Listen = new(loaded.Host.Admin.Listen.Address, 0) } },
        };
        return GatewayHost.StartAsync(new RunRequest(configuration, [], null, users), _log, TimeProvider.System);
    }
}
