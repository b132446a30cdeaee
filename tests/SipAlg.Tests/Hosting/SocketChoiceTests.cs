using SipAlg.Configuration;
using SipAlg.Hosting;

namespace SipAlg.Tests.Hosting;

public sealed class SocketChoiceTests
{
    [Theory]
    [InlineData(MediaSockets.Auto, 20000, false)]
    [InlineData(MediaSockets.Auto, 19999, true)]
    [InlineData(MediaSockets.PerPort, 19999, false)]
    [InlineData(MediaSockets.Shared, 20000, true)]
    internal void Ports_share_when_it_is_said_or_descriptors_are_too_few(MediaSockets sockets, long limit, bool shares) =>
        Assert.Equal(shares, SocketChoice.Of(sockets, 20000, limit).Shares);

    /// <summary>As root, as CI is; then the same without a capability.</summary>
    [Fact]
    public async Task The_start_log_says_how_media_ports_get_their_packets()
    {
        using var folder = new GatewayFolder(more: "media: { sockets: shared }");
        using (var program = new GatewayProcess("run", "--config", folder.File))
        {
            await program.SaysAsync("Media ports share sockets: media.sockets says so");
            await program.SaysAsync("Admin on http://");
            using var phone = new SipPhone(program.Port("udp://127.0.0.1:"));
            Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
            program.Signal(Signals.Term);
            Assert.Equal(0, await program.ExitAsync());
        }

        using var without = GatewayProcess.Without("net_raw,sys_admin", "run", "--config", folder.File);
        await without.SaysAsync("Media ports have a socket each. They were to share (media.sockets says so), but the process lacks the capabilities CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW");
        without.Signal(Signals.Term);
        Assert.Equal(0, await without.ExitAsync());
    }
}
