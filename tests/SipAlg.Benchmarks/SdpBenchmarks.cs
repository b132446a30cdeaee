using BenchmarkDotNet.Attributes;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Benchmarks;

/// <summary>An offer is read and written again with the gateway's addresses.</summary>
[MemoryDiagnoser]
public class SdpBenchmarks
{
    private readonly SdpDescription _description = new();
    private readonly byte[] _offer = Samples.Description;
    private readonly byte[] _written = new byte[4096];
    private readonly SdpStream[] _streams = [new(20000, 20001)];
    private readonly SdpOrigin _origin = new(4711, 2, IpAddress.Parse("203.0.113.1"));

    [Benchmark]
    public SdpFault Parse() => SdpParser.Parse(_description, _offer, 0, _offer.Length);

    [Benchmark]
    public int ParseAndRewrite()
    {
        SdpParser.Parse(_description, _offer, 0, _offer.Length);
        return SdpRewriter.Write(_description, _origin, _streams, _written);
    }
}
