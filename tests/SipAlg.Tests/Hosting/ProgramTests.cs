using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SipAlg.Testing.Network;

namespace SipAlg.Tests.Hosting;

/// <summary>The program as the system sees it: signals, exit codes, what it says.</summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData(Signals.Term)]
    [InlineData(Signals.Interrupt)]
    public async Task A_signal_ends_it_with_0_within_5_seconds(int signal)
    {
        using var folder = new GatewayFolder();
        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");

        var began = Stopwatch.GetTimestamp();
        program.Signal(signal);

        Assert.Equal(0, await program.ExitAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Contains("Stopped.", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hash_password_reads_standard_input()
    {
        using var program = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "sipalg"), ["hash-password", "alice", "biloxi.example.com"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        await program.StandardInput.WriteAsync("s3cr3t\n");
        program.StandardInput.Close();

        Assert.StartsWith("password_hash: { md5: 9ef9fd7b26c2b2f45b95bb09c2752cda, ", await program.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
    }

    [Fact]
    public async Task A_call_gets_BYE_and_its_record()
    {
        using var folder = new GatewayFolder();
        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");
        using var phone = new SipPhone(program.Port("udp://127.0.0.1:"));
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);

        program.Signal(Signals.Term);
        await phone.ExpectByeAsync();

        Assert.Equal(0, await program.ExitAsync());
        Assert.Contains("\"cause\":\"gateway_stopped\"", await File.ReadAllTextAsync(folder.CdrFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_signal_cuts_the_wait_for_calls()
    {
        using var folder = new GatewayFolder(more: "calls: { stop_wait: 1h }");
        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");
        using var phone = new SipPhone(program.Port("udp://127.0.0.1:"));
        await phone.CallAsync("600");

        program.Signal(Signals.Term);
        await program.SaysAsync("Stopping: no new calls");
        program.Signal(Signals.Term);
        await phone.ExpectByeAsync(answers: false);

        Assert.Equal(0, await program.ExitAsync());
    }

    [Fact]
    public async Task A_hang_up_signal_reloads_and_says_what_stands_against_it()
    {
        using var folder = new GatewayFolder();
        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");

        program.Signal(Signals.HangUp);
        await program.SaysAsync("Configuration reloaded (SIGHUP)");
        await File.WriteAllTextAsync(folder.DialplanFile, "routes:\n  - { to: [ { peer: nobody } ] }\n");
        program.Signal(Signals.HangUp);
        await program.SaysAsync($"{folder.DialplanFile}:2:21: there is no peer 'nobody' (known here: ");
        program.Signal(Signals.Term);

        Assert.Equal(0, await program.ExitAsync());
    }

    /// <summary>As a shell does it: the address and the token come from the configuration.</summary>
    [Fact]
    public async Task The_reload_command_asks_the_running_gateway()
    {
        using var folder = new GatewayFolder(admin: "token: secret", adminListen: $"127.0.0.1:{FreePort()}");
        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");

        using (var sound = new GatewayProcess("reload", "--config", folder.File))
        {
            Assert.Equal(0, await sound.ExitAsync());
            Assert.Contains("reloaded\n", sound.Output, StringComparison.Ordinal);
        }

        await File.AppendAllTextAsync(folder.DialplanFile, "\ntests: [ { request: { realm: phones, called: '1' }, expect: { status: 403 } } ]\n");
        using var refused = new GatewayProcess("reload", "--config", folder.File);

        Assert.Equal(1, await refused.ExitAsync());
        Assert.Contains($"{folder.DialplanFile}:4:71: the test expects status 403, found 404\n    hint: no route matches; passed over: 'echo' (called '1' is not one of 600)", refused.Error, StringComparison.Ordinal);
        Assert.Contains("not reloaded: The configuration has errors; the one that runs stays.", refused.Error, StringComparison.Ordinal);
        program.Signal(Signals.Term);
        Assert.Equal(0, await program.ExitAsync());
    }

    [Fact]
    public async Task A_listener_that_cannot_be_had_ends_it_with_1_and_one_line()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        using var folder = new GatewayFolder(listen: $"udp://127.0.0.1:{port}");
        using var program = new GatewayProcess("run", "--config", folder.File);

        Assert.Equal(1, await program.ExitAsync());
        var line = Assert.Single(program.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.Contains(" FTL ", StringComparison.Ordinal));
        Assert.Contains($"Listener 'phones' cannot listen on udp://127.0.0.1:{port}", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Error + program.Output, StringComparison.Ordinal);
    }

    /// <summary>Passwords that nobody was told would be kept otherwise.</summary>
    [Fact]
    public async Task An_embedded_default_whose_port_is_taken_makes_no_users()
    {
        Claim? claim = null;
        await Eventually.True(() => (claim ??= Claim.TryTake("port 5060")) is not null, "nobody else's test of the fixed ports");
        using var held = claim;
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        TakeIfFree(taken, 5060);
        var folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
        using var program = new GatewayProcess(folder, ["run"]);

        Assert.Equal(1, await program.ExitAsync());
        Assert.Contains("Another program uses port 5060", program.Error, StringComparison.Ordinal);
        Assert.Contains("write a sipalg.yaml here", program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Password", program.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder, "demo-users*", SearchOption.AllDirectories));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Where it is not free, somebody else has taken it.</summary>
    private static void TakeIfFree(Socket socket, int port)
    {
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
        }
        catch (SocketException)
        {
        }
    }

    [Fact]
    public async Task An_admin_address_that_cannot_be_had_ends_it_with_1_and_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new GatewayFolder(adminListen: taken.LocalEndpoint.ToString()!);
        using var program = new GatewayProcess("run", "--config", folder.File);

        Assert.Equal(1, await program.ExitAsync());
        Assert.Contains($"the admin server cannot listen on {taken.LocalEndpoint}", program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Error + program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_is_not_sound_ends_it_with_2()
    {
        using var folder = new GatewayFolder(more: "nonsense: 1");
        using var program = new GatewayProcess("run", "--config", folder.File);

        Assert.Equal(2, await program.ExitAsync());
    }

    /// <summary>The Web SDK asks for server collection; its pauses would be heard.</summary>
    [Fact]
    public async Task It_says_what_it_runs_on()
    {
        using var folder = new GatewayFolder(more: "logging: { format: json }\nmedia: { fast_path: off }");
        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");
        program.Signal(Signals.Term);
        await program.ExitAsync();

        Assert.Contains("\"Collector\":\"workstation concurrent\"", program.Output, StringComparison.Ordinal);
        Assert.Contains("\"MediaPath\":\"user space\"", program.Output, StringComparison.Ordinal);
        Assert.Contains("\"Reason\":\"it is switched off\"", program.Output, StringComparison.Ordinal);
        Assert.Contains("\"ReceiveBufferKiB\":", program.Output, StringComparison.Ordinal);
        Assert.Contains("\"Limit\":", program.Output, StringComparison.Ordinal);
    }

    /// <summary>As root, as CI is; then the same without the capabilities.</summary>
    [Fact]
    public async Task A_fast_path_that_is_required_serves_or_the_gateway_does_not_start()
    {
        using var folder = new GatewayFolder(more: "media: { fast_path: required }");
        using (var program = new GatewayProcess("run", "--config", folder.File))
        {
            await program.SaysAsync("media path: kernel");
            program.Signal(Signals.Term);
            Assert.Equal(0, await program.ExitAsync());
        }

        using var refused = GatewayProcess.Without("bpf,net_admin,sys_admin", "run", "--config", folder.File);
        Assert.Equal(1, await refused.ExitAsync());
        Assert.Contains("does not start: media cannot be relayed in the kernel (media.fast_path is required): the process lacks the capabilities CAP_BPF and CAP_NET_ADMIN", refused.Output + refused.Error, StringComparison.Ordinal);
    }

    /// <summary>As deploy/systemd/sipalg.service has it.</summary>
    [Fact]
    public async Task Two_ambient_capabilities_are_enough_for_the_fast_path()
    {
        using var folder = new GatewayFolder(more: "media: { fast_path: auto }");
        using var program = GatewayProcess.WithAmbient("bpf,net_admin", "run", "--config", folder.File);
        await program.SaysAsync("media path: kernel");
        program.Signal(Signals.Term);
        Assert.Equal(0, await program.ExitAsync());
    }

    [Fact]
    public async Task Health_says_whether_a_gateway_runs()
    {
        var port = FreePort();
        using var folder = new GatewayFolder(adminListen: $"127.0.0.1:{port}");
        using (var none = new GatewayProcess("health", "--config", folder.File))
        {
            Assert.Equal(1, await none.ExitAsync());
            Assert.Contains("no gateway answers", none.Error, StringComparison.Ordinal);
        }

        using var program = new GatewayProcess("run", "--config", folder.File);
        await program.SaysAsync("Admin on http://");
        await Eventually.True(() => SaysAliveAsync(folder.File), "the gateway is alive");
        program.Signal(Signals.Term);
        await program.ExitAsync();
    }

    /// <summary>The command gives up after 2 s, which is short for the first request to a program that starts on a busy machine.</summary>
    private static async Task<bool> SaysAliveAsync(string file)
    {
        using var health = new GatewayProcess("health", "--config", file);
        return await health.ExitAsync() == 0 && health.Output.Contains("alive", StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

internal static partial class Signals
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int KillNow = 9;
    public const int Term = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);
}
