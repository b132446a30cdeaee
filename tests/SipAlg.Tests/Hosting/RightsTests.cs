using System.Globalization;

namespace SipAlg.Tests.Hosting;

/// <summary>What the program may do beside its work, which is nothing. As root, as CI is.</summary>
public sealed class RightsTests
{
    /// <summary>The image's; without a name here.</summary>
    private const int User = 1654;

    [Fact]
    public async Task An_ordinary_user_runs_it_on_a_file_system_that_is_read_only()
    {
        using var folder = new GatewayFolder();
        var home = Path.GetDirectoryName(folder.File)!;
        Directory.CreateDirectory(Path.Combine(home, "state"));
        Directory.CreateDirectory(Path.Combine(home, "cdr"));
        using var program = GatewayProcess.Confined(User, home, ["state", "cdr"], "run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");

        Assert.Contains("User 1654 with 0 capabilities", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("runs as root", program.Output, StringComparison.Ordinal);
        Assert.Equal((0UL, 0UL, 1UL), (Status(program.Id, "CapPrm"), Status(program.Id, "CapEff"), Status(program.Id, "NoNewPrivs")));
        using (var phone = new SipPhone(program.Port("udp://127.0.0.1:")))
        {
            Assert.StartsWith("SIP/2.0 200", await phone.CallAsync("600"), StringComparison.Ordinal);
            await phone.HangUpAsync();
        }

        program.Signal(Signals.Term);
        Assert.Equal(0, await program.ExitAsync());
        Assert.Contains("\"600\"", await File.ReadAllTextAsync(folder.CdrFile), StringComparison.Ordinal);
    }

    /// <summary>The threads that serve the network, all of which the program starts itself.</summary>
    [Fact]
    public async Task Of_root_it_keeps_what_it_uses()
    {
        const ulong Used = (1 << 1) | (1 << 10) | (1 << 12) | (1 << 13) | (1 << 23) | (1UL << 39);
        using var folder = new GatewayFolder();
        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");

        Assert.Contains("runs as root, and need not", program.Output, StringComparison.Ordinal);
        var (lanes, relays) = (program.Threads("lane"), program.Threads("relay"));
        Assert.NotEmpty(lanes);
        Assert.NotEmpty(relays);
        Assert.All([.. lanes, .. relays], thread => Assert.Equal((0UL, 1UL), (Status(program.Id, "CapPrm", thread) & ~Used, Status(program.Id, "NoNewPrivs", thread))));
    }

    /// <summary>Passwords in memory are not for a core dump, nor for others of the same user; unless it is asked for.</summary>
    [Theory]
    [InlineData("", "core dumps: False")]
    [InlineData("1", "core dumps: True")]
    public async Task It_leaves_no_core_dump_unless_asked_to(string asked, string said)
    {
        using var folder = new GatewayFolder();
        using var program = GatewayProcess.With($"SIPALG_CORE_DUMPS={asked}", "run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");

        Assert.Contains(said, program.Output, StringComparison.Ordinal);
    }

    private static ulong Status(int process, string name, string? thread = null) => ulong.Parse(
        File.ReadLines(thread is null ? $"/proc/{process}/status" : $"/proc/{process}/task/{thread}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim(),
        NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
