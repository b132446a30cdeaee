using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>
/// Good calls while strangers flood the listener that they come in by: none is lost. A small form of <c>benchmarks/run.sh flood</c>, which
/// measures nothing.
/// </summary>
[Trait("Run", "second")]
public sealed class FloodTests(FloodTests.Gateway gateway) : GatewayTests<FloodTests.Gateway>(gateway)
{
    private const int Calls = 200;
    private const int Rate = 40;
    private const int Strangers = 4;

    public sealed class Gateway : TwoSides
    {
        public override TimeSpan T1 => TimeSpan.FromMilliseconds(200);

        internal Callee Callee { get; }

        public Gateway() => Callee = AddCallee("callee");
    }

    [Fact]
    public void Strangers_have_queues_of_their_own_where_the_system_allows_it() => Assert.Contains(
        Environment.IsPrivilegedProcess ? "Strangers have queues of their own" : "Strangers share the queues", Fixture.Gateway.Output, StringComparison.Ordinal);

    [Fact]
    public Task No_good_call_is_lost() => Scenario(async folder =>
    {
        var before = await DroppedAsync();
        using var ends = new CancellationTokenSource();
        var flood = Task.Run(() => Flood(Fixture.Outside, ends.Token));
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), Fixture.Callee.Endpoint) { Calls = Calls, KeepsMessages = false });
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Callee.Number, Calls = Calls, Rate = Rate, Pause = 500, KeepsMessages = false,
        });
        await calling.AllSucceedAsync(TimeSpan.FromSeconds(60));
        await answering.AllSucceedAsync(TimeSpan.FromSeconds(60));
        await ends.CancelAsync();
        await flood;
        Assert.True(await DroppedAsync() > before, "nothing was dropped");
    });

    private async Task<double> DroppedAsync() => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_sip_dropped_total", "realm=\"outside\"");

    /// <summary>Some 2,000 datagrams a second: INVITE, REGISTER and noise by turns.</summary>
    private static void Flood(IPEndPoint gateway, CancellationToken ends)
    {
        var sockets = Enumerable.Range(100, Strangers).Select(host => new UdpClient(new IPEndPoint(IPAddress.Parse(Networks.Outside(host)), 0))).ToArray();
        try
        {
            for (var number = 0; !ends.IsCancellationRequested; number++)
            {
                sockets[number % Strangers].Send(Datagram(number, gateway), gateway);
                if (number % 20 == 0)
                {
                    ends.WaitHandle.WaitOne(10);
                }
            }
        }
        finally
        {
            Array.ForEach(sockets, socket => socket.Dispose());
        }
    }

    private static byte[] Datagram(int number, IPEndPoint gateway)
    {
        if (number % 3 == 2)
        {
            var noise = new byte[100];
            new Random(number).NextBytes(noise);
            return noise;
        }

        var method = number % 3 == 0 ? "INVITE" : "REGISTER";
        return Encoding.ASCII.GetBytes(
            $"{method} sip:{number}@{gateway} SIP/2.0\r\nVia: SIP/2.0/UDP {Networks.Outside(100)}:5060;branch=z9hG4bKf{number};rport\r\nMax-Forwards: 70\r\n" +
            $"From: <sip:f@{gateway}>;tag={number}\r\nTo: <sip:{number}@{gateway}>\r\nCall-ID: f{number}\r\nCSeq: 1 {method}\r\nContact: <sip:f@{Networks.Outside(100)}>\r\nContent-Length: 0\r\n\r\n");
    }
}
