using BenchmarkDotNet.Attributes;
using SipAlg.Linux.Bpf;
using SipAlg.Media;
using SipAlg.Media.Kernel;
using SipAlg.Media.Sharing;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Benchmarks;

/// <summary>What media ports cost to take and give back, a pair at a time, and what the kernel's maps cost. As root.</summary>
public unsafe class PortBenchmarks
{
    private const int Pairs = 100;
    private static readonly IpAddress Bind = IpAddress.Parse("127.61.0.1");

    private readonly MediaPort[] _ports = new MediaPort[Pairs];
    private readonly BpfMap _flows = BpfMap.NewHash("flows"u8, sizeof(FlowKey), sizeof(Flow), 2 * Pairs);
    private readonly (MediaRelay Relay, PortPool Pool) _own = Open(shares: false, 20000);
    private readonly (MediaRelay Relay, PortPool Pool) _shared = Open(shares: true, 30000);
    private readonly SharedSocket _socket;

    public PortBenchmarks() => _socket = new SharedSocket { Number = 1, Ports = _shared.Relay.Steering!.TryPortsOf(IpAddress.Parse("192.0.2.1")) };

    [GlobalCleanup]
    public void Close()
    {
        _own.Relay.Dispose();
        _shared.Relay.Dispose();
        _flows.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Pairs)]
    public void PairWithSocketsOfItsOwn() => TakeAndRelease(_own.Relay, _own.Pool);

    [Benchmark(OperationsPerInvoke = Pairs)]
    public void PairThatShares() => TakeAndRelease(_shared.Relay, _shared.Pool);

    /// <summary>Two entries of the map of ports, made and removed.</summary>
    [Benchmark]
    public void EntriesOfAPairThatShares()
    {
        fixed (SharedSocket* socket = &_socket)
        {
            SharedPorts.Claim(socket, 40000);
            SharedPorts.Leave(socket, 40000);
        }
    }

    /// <summary>An entry of the map of flows, made and removed.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void EntryOfAFlow()
    {
        FlowKey key = default;
        Flow flow = default;
        for (var port = 0; port < Pairs; port++)
        {
            key.SourcePort = (ushort)port;
            _ = _flows.Update(&key, &flow);
        }

        for (var port = 0; port < Pairs; port++)
        {
            key.SourcePort = (ushort)port;
            _ = _flows.Delete(&key);
        }
    }

    private static (MediaRelay Relay, PortPool Pool) Open(bool shares, ushort first)
    {
        var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, ShareSockets = shares }, TimeProvider.System);
        var pool = relay.OpenPool(new MediaRange(0, first, (ushort)(first + 9999)), 0, 1);
        relay.Start();
        return (relay, pool);
    }

    private void TakeAndRelease(MediaRelay relay, PortPool pool)
    {
        for (var pair = 0; pair < Pairs; pair++)
        {
            _ = pool.TryTake(Bind, 0, out _ports[pair]);
        }

        foreach (var port in _ports)
        {
            relay.Release(port);
        }

        SpinWait.SpinUntil(() => pool.InUse == 0);
    }
}
