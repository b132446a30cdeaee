namespace SipAlg.Tests.Hosting;

public sealed class RelayPriorityTests
{
    private const string Denied = "Relay threads do not run before all others: media.relay_priority is fifo";

    /// <summary>As root, as CI is; then the same without the capability and without a limit that grants it.</summary>
    [Fact]
    public async Task Relay_threads_run_before_all_others_or_the_start_log_says_why_not()
    {
        using var folder = new GatewayFolder(more: "media: { relay_priority: fifo }");
        using (var program = new GatewayProcess("run", "--config", folder.File))
        {
            await program.SaysAsync("Admin on http://");
            using var phone = new SipPhone(program.Port("udp://127.0.0.1:"));
            Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
            await Eventually.True(() => program.Policies("relay ") is ["1"], "the relay thread is before all others");
            Assert.All(program.Policies("lane "), policy => Assert.Equal("0", policy));
            Assert.DoesNotContain(Denied, program.Output, StringComparison.Ordinal);
            program.Signal(Signals.Term);
            Assert.Equal(0, await program.ExitAsync());
        }

        using var without = GatewayProcess.Without("sys_nice", "run", "--config", folder.File);
        await without.SaysAsync(Denied);
        Assert.Equal(["0"], without.Policies("relay "));
        without.Signal(Signals.Term);
        Assert.Equal(0, await without.ExitAsync());
    }
}
