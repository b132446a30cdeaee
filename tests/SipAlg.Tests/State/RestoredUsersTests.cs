using SipAlg.State;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.State;

/// <summary>What was kept of users whom the configuration of the next start has no more.</summary>
public sealed class RestoredUsersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<RunningHost> StartAsync(string users, string domain = "example.com") => RunningHost.StartAsync(more: $"users: {{ {users} }}\nstate: {{ folder: {_folder} }}", realm: $"domain: {domain}");

    private string[] Kept()
    {
        using var rows = new BindingRows(Path.Combine(_folder, BindingState.FileName));
        return [.. rows.All(DateTimeOffset.UtcNow).Select(binding => binding.Aor).Order(StringComparer.Ordinal)];
    }

    private async Task RegisterBothAsync()
    {
        await using var host = await StartAsync("alice: { password: a }, bob: { password: b }");
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync("alice", "a"), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync("bob", "b"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_gone_is_not_registered_any_more()
    {
        await RegisterBothAsync();
        Assert.Equal(["alice@example.com", "bob@example.com"], Kept());
        await using (var host = await StartAsync("bob: { password: b }"))
        {
            Assert.Equal(1, host.Gateway.Registrar.Active(0));
        }

        Assert.Equal(["bob@example.com"], Kept());
    }

    [Fact]
    public async Task Nobody_is_whose_domain_is_gone()
    {
        await RegisterBothAsync();
        await using (var host = await StartAsync("alice: { password: a }, bob: { password: b }", domain: "example.net"))
        {
            Assert.Equal(0, host.Gateway.Registrar.Active(0));
        }

        Assert.Empty(Kept());
    }
}
