using BenchmarkDotNet.Attributes;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Quality;
using SipAlg.Media;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Benchmarks;

/// <summary>What one look at a call's streams costs, which is every five seconds: the figures of both directions are read, and become a point each. Of a hundred calls, so that not all of it is in a cache.</summary>
[MemoryDiagnoser]
public class SeriesBenchmarks
{
    private const int Calls = 100;
    private readonly MediaRelay _relay = new(new MediaRelayOptions { Threads = 1 }, TimeProvider.System);
    private readonly MediaPort[] _ports = new MediaPort[2 * Calls];
    private readonly CallSeries[] _series = new CallSeries[Calls];
    private StreamStatistics _figures = new() { IsRtp = true, Codec = AudioCodec.G711, ClockRate = 8000 };
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [GlobalSetup]
    public void Open()
    {
        var pool = _relay.OpenPool(new MediaRange(0, 20000, 29999), 0, 1);
        _relay.Start();
        for (var port = 0; port < _ports.Length; port++)
        {
            _ = pool.TryTake(IpAddress.Parse("127.61.0.1"), 0, out _ports[port]);
        }

        for (var call = 0; call < Calls; call++)
        {
            _series[call] = new CallSeries(_now, TimeSpan.FromSeconds(5));
        }
    }

    [GlobalCleanup]
    public void Close() => _relay.Dispose();

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Look()
    {
        _now += TimeSpan.FromSeconds(5);
        _figures = _figures with { Packets = _figures.Packets + 250, Expected = _figures.Expected + 250, Received = _figures.Received + 249, JitterSamples = _figures.JitterSamples + 249, MeanJitterSeconds = 0.001, Last = _now };
        for (var call = 0; call < Calls; call++)
        {
            _ = _series[call].TryLook(_now);
            for (var side = 0; side < 2; side++)
            {
                _ = _relay.TryRead(_ports[(2 * call) + side], out var read);
                _series[call].Add(0, side, StreamKind.Audio, _figures.With(read.Stream));
            }
        }
    }
}
