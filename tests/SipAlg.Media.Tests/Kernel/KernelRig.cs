using SipAlg.Media.Relaying;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Network;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>
/// A relay with its fast path in a network of its own, between two others: phones A at one side, phones B at the other. Checksums are
/// complete wherever packets leave, so that who receives one has verified it.
/// </summary>
internal sealed unsafe class KernelRig : IDisposable
{
    public const string GatewayA = "10.1.0.1";
    public const string GatewayB = "10.2.0.1";
    public const string PhoneA = "10.1.0.2";
    public const string PhoneB = "10.2.0.2";
    public const byte Dscp = 46;

    private readonly List<Phone> _phones = [];
    private PortPool? _pool;

    public KernelRig()
    {
        NetworkRoom.Join(Gateway, "west", RoomA, "phones");
        NetworkRoom.Join(Gateway, "east", RoomB, "phones");
        Gateway.Address("west", "10.1.0.1/24", "2001:db8:1::1/64");
        Gateway.Address("east", "10.2.0.1/24", "2001:db8:2::1/64");
        RoomA.Address("phones", "10.1.0.2/24", "2001:db8:1::2/64");
        RoomB.Address("phones", "10.2.0.2/24", "2001:db8:2::2/64");
        Gateway.CompleteChecksums("west");
        Gateway.CompleteChecksums("east");
        RoomA.CompleteChecksums("phones");
        RoomB.CompleteChecksums("phones");
    }

    public NetworkRoom Gateway { get; } = new();
    public NetworkRoom RoomA { get; } = new();
    public NetworkRoom RoomB { get; } = new();
    public MediaRelay Relay { get; private set; } = null!;

    /// <summary>Ports share sockets.</summary>
    public bool Shares { get; init; }

    public PortPool Pool => _pool!;

    /// <summary>Starts the relay, once the networks are as they shall be.</summary>
    public KernelRig Start(TimeProvider? time = null, bool withoutTcx = false, bool fastPath = true)
    {
        var options = new MediaRelayOptions { Threads = 1, FastPath = fastPath, FastPathOnLoopback = true, FastPathWithoutTcx = withoutTcx, ShareSockets = Shares };
        Relay = Gateway.Do(() => new MediaRelay(options, time ?? TimeProvider.System));
        Assert.Equal(fastPath ? "" : "it is switched off", Relay.FastPathRefusal);
        Assert.Equal(Shares, Relay.SharesSockets);
        _pool = Relay.OpenPool(new MediaRange(0, 24000, 24399, Dscp), 0, 1);
        // What the relay's threads open is of their network too.
        Gateway.Do(Relay.Start);
        return this;
    }

    public Phone Phone(NetworkRoom room, string address, int port = 0)
    {
        var phone = room.Do(() => new Phone(address, port));
        _phones.Add(phone);
        return phone;
    }

    public MediaPort Take(string address) => Gateway.Do(() =>
    {
        Assert.Equal(PortTakeResult.Taken, Pool.TryTake(IpAddress.Parse(address), 0, out var port));
        return port;
    });

    public KernelCall Call(Phone a, Phone b, string gatewayA = GatewayA, string gatewayB = GatewayB)
    {
        var call = new KernelCall(this, a, b, Take(gatewayA), Take(gatewayB));
        Relay.Aim(call.PortA, new MediaTarget { Rtp = a.Endpoint });
        Relay.Aim(call.PortB, new MediaTarget { Rtp = b.Endpoint });
        Relay.Join(call.PortA, call.PortB);
        return call;
    }

    /// <summary>A call between both sides that the kernel relays in both directions.</summary>
    public KernelCall Settled(string phoneA = PhoneA, string gatewayA = GatewayA, string gatewayB = GatewayB, string phoneB = PhoneB)
    {
        var call = Call(Phone(RoomA, phoneA), Phone(RoomB, phoneB), gatewayA, gatewayB);
        call.AwaitKernel();
        return call;
    }

    public Pair* PairOf(MediaPort port) => Pool.PairOf(port.Port);

    public PortCounters Rtp(MediaPort port)
    {
        Assert.True(Relay.TryRead(port, out var counters));
        return counters.Rtp;
    }

    public void Dispose()
    {
        Relay?.Dispose();
        _phones.ForEach(phone => phone.Dispose());
        Gateway.Dispose();
        RoomA.Dispose();
        RoomB.Dispose();
    }
}

/// <summary>A call in a <see cref="KernelRig"/>: packets numbered on from one to the other.</summary>
internal sealed unsafe class KernelCall(KernelRig rig, Phone a, Phone b, MediaPort portA, MediaPort portB)
{
    private int _fromA = 100;
    private int _fromB = 200;

    public Phone A { get; set; } = a;
    public Phone B { get; set; } = b;
    public MediaPort PortA => portA;
    public MediaPort PortB => portB;

    /// <summary>Where each phone sends to; the gateway's address as the phone's network has it.</summary>
    public string GatewayA { get; init; } = AddressOf(rig, portA);
    public string GatewayB { get; init; } = AddressOf(rig, portB);

    /// <summary>Packets from A, and from B, that the kernel has relayed.</summary>
    public long KernelFromA => Volatile.Read(ref rig.PairOf(portA)->Cell->PacketsIn);
    public long KernelFromB => Volatile.Read(ref rig.PairOf(portB)->Cell->PacketsIn);

    /// <summary>One packet from A arrives at B, unchanged, from the gateway.</summary>
    public void FromA()
    {
        var packet = Phone.Rtp(_fromA++);
        A.Send(packet, GatewayA, portA.Port);
        Assert.Equal(packet, B.Receive());
        RelayRig.CameFrom(B, GatewayB, portB.Port);
    }

    public void FromB()
    {
        var packet = Phone.Rtp(_fromB++, 9);
        B.Send(packet, GatewayB, portB.Port);
        Assert.Equal(packet, A.Receive());
        RelayRig.CameFrom(A, GatewayA, portA.Port);
    }

    /// <summary>Talks until both directions are relayed by the kernel.</summary>
    public void AwaitKernel()
    {
        var (fromA, fromB) = (KernelFromA, KernelFromB);
        Eventually.True(
            () =>
            {
                FromA();
                FromB();
                return KernelFromA > fromA && KernelFromB > fromB;
            },
            "the kernel relays");
    }

    /// <summary>Packets that the kernel relays of those that are sent.</summary>
    public long InKernel(Action send)
    {
        var before = KernelFromA + KernelFromB;
        send();
        return KernelFromA + KernelFromB - before;
    }

    private static string AddressOf(KernelRig rig, MediaPort port) => rig.PairOf(port)->Flow.Bound.ToString();
}
