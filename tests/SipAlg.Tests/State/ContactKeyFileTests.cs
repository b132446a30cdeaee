using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.State;
using SipAlg.Tests.Hosting;
using SipAlg.Tests.Journal.Targets;

namespace SipAlg.Tests.State;

[SupportedOSPlatform("linux")]
public sealed class ContactKeyFileTests
{
    private const string Users = "users: { alice: { password: a } }";
    private const string Domain = "domain: example.com";

    private static string PathIn(GatewayFolder folder) => Path.Combine(folder.State, ContactKeyFile.Name);

    private static byte[] Open(GatewayFolder folder, ILogger? log = null) => ContactKeyFile.Open(folder.Load().Configuration, log ?? NullLogger.Instance).Octets.ToArray();

    public static TheoryData<string, string, string> Contacts => new()
    {
        { Users, Domain, "" },
        { "", "", "register: { aor: 'sip:trunk@carrier.example' }" },
    };

    [Theory]
    [MemberData(nameof(Contacts))]
    public void Who_gives_contacts_has_the_same_key_at_each_start_which_nobody_else_may_read(string more, string realm, string trunk)
    {
        using var folder = new GatewayFolder(more: more, realm: realm, trunk: trunk);
        var first = Open(folder);
        Assert.Equal(first, Open(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathIn(folder)));
        File.Delete(PathIn(folder));
        Assert.NotEqual(first, Open(folder));
    }

    [Fact]
    public void So_has_who_passes_registrations_on()
    {
        using var folder = new GatewayFolder();
        File.WriteAllText(folder.File, File.ReadAllText(folder.File)
            .Replace("  phones: {", "  lan: { listen: ['udp://127.0.0.3:0'], media: { bind: 127.0.0.3, ports: 40000-40100 } }\n  phones: { registrations: { relay_to: pbx },", StringComparison.Ordinal)
            .Replace("  callers: {", "  pbx: { realm: lan, address: 'sip:127.0.0.4' }\n  callers: {", StringComparison.Ordinal));
        Assert.Equal(Open(folder), Open(folder));
    }

    [Fact]
    public void Who_gives_none_writes_nothing()
    {
        using var folder = new GatewayFolder();
        Assert.NotEqual(Open(folder), Open(folder));
        Assert.False(Directory.Exists(folder.State));
    }

    [Fact]
    public void What_is_no_key_is_replaced()
    {
        using var folder = new GatewayFolder(more: Users, realm: Domain);
        Directory.CreateDirectory(folder.State);
        File.WriteAllText(PathIn(folder), "short");
        Assert.Equal(Open(folder), Open(folder));
    }

    [Fact]
    public void A_key_that_cannot_be_kept_is_told_and_works()
    {
        using var folder = new GatewayFolder(more: Users, realm: Domain);
        File.WriteAllText(folder.State, "no folder");
        var log = new KeptLog();
        Assert.Equal(32, Open(folder, log).Length);
        Assert.Contains(PathIn(folder), Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    /// <summary>What was given by then is as good after the next start.</summary>
    [Fact]
    public async Task A_reload_that_brings_the_first_account_at_a_peer_keeps_the_key_that_runs()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.False(File.Exists(Path.Combine(host.State, ContactKeyFile.Name)));
        var text = await File.ReadAllTextAsync(host.Folder.File);
        await File.WriteAllTextAsync(host.Folder.File, text.Replace("accept_from: 127.0.0.2", "accept_from: 127.0.0.2, register: { aor: 'sip:trunk@carrier.example' }", StringComparison.Ordinal));
        var (status, body) = await host.AskAsync(HttpMethod.Post, "/api/v1/reload");
        Assert.True(status == 200, body?.ToString());
        Assert.Equal(host.Gateway.Contacts.Octets.ToArray(), await File.ReadAllBytesAsync(Path.Combine(host.State, ContactKeyFile.Name)));
    }
}
