using System.Net;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests;

/// <summary>A running relay with a pool on an address of its own, and short words for what tests do with it.</summary>
internal sealed class RelayRig : IDisposable
{
    public const string Address = "127.61.0.1";
    public const string AddressV6 = "::1";

    private readonly List<Phone> _phones = [];

    public RelayRig(TimeProvider? time = null, int threads = 1, ushort first = 24000, ushort last = 24399, int stampedShare = 0, bool shares = false)
    {
        Relay = new MediaRelay(new MediaRelayOptions { Threads = threads, StampedShare = stampedShare, ShareSockets = shares }, time ?? Clock);
        Assert.Equal(shares, Relay.SharesSockets);
        Pool = Relay.OpenPool(new MediaRange(0, first, last), 0, 1);
        Relay.Start();
    }

    public ManualTime Clock { get; } = new();
    public MediaRelay Relay { get; }
    public PortPool Pool { get; }

    public MediaPort Take(string address = Address, int place = 0)
    {
        Assert.Equal(PortTakeResult.Taken, Pool.TryTake(IpAddress.Parse(address), place, out var port));
        return port;
    }

    /// <summary>Two ports joined, each aimed at a phone.</summary>
    public (MediaPort A, MediaPort B) Call(Phone a, Phone b)
    {
        var (portA, portB) = (Take(), Take());
        Relay.Aim(portA, new MediaTarget { Rtp = a.Endpoint });
        Relay.Aim(portB, new MediaTarget { Rtp = b.Endpoint });
        Relay.Join(portA, portB);
        return (portA, portB);
    }

    public PortCounters Rtp(MediaPort port)
    {
        Assert.True(Relay.TryRead(port, out var counters));
        return counters.Rtp;
    }

    public PortCounters Rtcp(MediaPort port)
    {
        Assert.True(Relay.TryRead(port, out var counters));
        return counters.Rtcp;
    }

    public void AwaitDropped(MediaPort port, DropReason reason, long count = 1) =>
        Eventually.True(() => Rtp(port).Totals.Dropped(reason) == count, $"{reason} on {port.Port}");

    public void AwaitAllClosed() => Eventually.True(() => Pool.InUse == 0, "all ports closed");

    public static void CameFrom(Phone phone, string address, int port) =>
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), phone.From);

    /// <summary>A phone that ends with the rig.</summary>
    public Phone Phone(string address, int port = 0)
    {
        var phone = new Phone(address, port);
        _phones.Add(phone);
        return phone;
    }

    public void Dispose()
    {
        Relay.Dispose();
        _phones.ForEach(phone => phone.Dispose());
    }
}
