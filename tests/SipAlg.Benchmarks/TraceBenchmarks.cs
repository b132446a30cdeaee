using BenchmarkDotNet.Attributes;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transports;

namespace SipAlg.Benchmarks;

/// <summary>What keeping the messages of a call costs: fourteen of them, in a ring that has come round, so that each displaces others.</summary>
[MemoryDiagnoser]
public class TraceBenchmarks
{
    private const int Messages = 14;
    private readonly MessageTrace _trace = new(64 << 20, TimeProvider.System);
    private readonly Flow _flow = new(Transport.Udp, 0, IpEndpoint.Parse("198.51.100.1:5060"), IpEndpoint.Parse("203.0.113.77:43210"));
    private readonly byte[] _message = new byte[800];
    private ulong _calls;

    [Params(false, true)]
    public bool Fails { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        for (var call = 0; call < 20_000; call++)
        {
            Call();
        }
    }

    [Benchmark]
    public void Call()
    {
        var trace = MessageTrace.OfCall(++_calls << 8);
        _trace.Begin(trace);
        for (var message = 0; message < Messages; message++)
        {
            _trace.Received(trace, _flow, _message);
        }

        _trace.End(trace, Fails);
    }
}
