using BenchmarkDotNet.Attributes;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transports;

namespace SipAlg.Benchmarks;

/// <summary>A 180 as far as it is made of its request.</summary>
[MemoryDiagnoser]
public class WriteBenchmarks
{
    private readonly SipMessage _invite = new();
    private readonly byte[] _buffer = new byte[4096];
    private readonly Flow _flow = new(Transport.Udp, 0, IpEndpoint.Parse("198.51.100.1:5060"), IpEndpoint.Parse("203.0.113.77:43210"));

    [GlobalSetup]
    public void Parse() => SipParser.Parse(_invite, Samples.Invite, 0, Samples.Invite.Length, isStream: false);

    [Benchmark]
    public int ResponseHead180()
    {
        var writer = new MessageWriter(_buffer);
        ResponseHead.Write(ref writer, _invite, _flow, 180, default, "00000000ab0123456789abcdef"u8);
        writer.Finish(default);
        return writer.Length;
    }
}
