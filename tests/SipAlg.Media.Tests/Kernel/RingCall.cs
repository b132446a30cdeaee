using SipAlg.Media.Srtp;
using SipAlg.Media.Tests.Srtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>An end of a call, with keys or without.</summary>
internal sealed class SecureEnd(Phone phone) : IDisposable
{
    private readonly List<SrtpContext> _contexts = [];
    private SrtpContext? _sends;
    private SrtpContext? _receives;

    public Phone Phone { get; set; } = phone;
    public MediaKeys? Keys { get; private set; }
    public MediaTarget Target => new() { Rtp = Phone.Endpoint, Keys = Keys };

    /// <summary>Other keys from here on; none: plain RTP.</summary>
    public void Take(SrtpSuite? suite)
    {
        (Keys, _sends, _receives) = (null, null, null);
        if (suite is { } known)
        {
            var (sends, receives) = (SrtpKey.Draw(known), SrtpKey.Draw(known));
            (Keys, _sends, _receives) = (new MediaKeys(sends, receives), Of(sends), Of(receives));
        }
    }

    public byte[] Sealed(byte[] packet) => _sends == null ? packet : _sends.Sealed(packet);

    public byte[] Receive()
    {
        var packet = Phone.Receive();
        if (_receives != null)
        {
            Assert.Equal(SrtpResult.Done, _receives.Open(ref packet));
        }

        return packet;
    }

    public void Dispose() => _contexts.ForEach(context => context.Dispose());

    private SrtpContext Of(SrtpKey key)
    {
        var context = new SrtpContext(SrtpKey.Of(key.Suite, key.Master.Span), TimeSpan.TicksPerSecond);
        _contexts.Add(context);
        return context;
    }
}

/// <summary>A call in a <see cref="KernelRig"/> with encrypted ends.</summary>
internal sealed class RingCall : IDisposable
{
    private readonly KernelRig _rig;
    private int _fromA = 100;
    private int _fromB = 200;

    public RingCall(KernelRig rig, Phone a, Phone b, string gatewayA, string gatewayB, SrtpSuite? suiteA, SrtpSuite? suiteB)
    {
        (_rig, GatewayA, GatewayB) = (rig, gatewayA, gatewayB);
        (A, B) = (new SecureEnd(a), new SecureEnd(b));
        (PortA, PortB) = (rig.Take(gatewayA), rig.Take(gatewayB));
        A.Take(suiteA);
        B.Take(suiteB);
        Aim();
        rig.Relay.Join(PortA, PortB);
    }

    public SecureEnd A { get; }
    public SecureEnd B { get; }
    public MediaPort PortA { get; }
    public MediaPort PortB { get; }
    public string GatewayA { get; }
    public string GatewayB { get; }

    public void Aim()
    {
        _rig.Relay.Aim(PortA, A.Target);
        _rig.Relay.Aim(PortB, B.Target);
    }

    /// <summary>A's next one, which is not sent yet.</summary>
    public byte[] Next(int ahead = 1, int payload = 160) => Rtp(_fromA += ahead, 7, payload);

    public static byte[] Rtp(int number, uint ssrc, int payload = 160)
    {
        var packet = Phone.Rtp(number & 0xFFFF, ssrc, payload);
        new Random(number).NextBytes(packet.AsSpan(12));
        return packet;
    }

    public void SendFromA(byte[] packet) => A.Phone.Send(A.Sealed(packet), GatewayA, PortA.Port);

    public void SendFromB(byte[] packet) => B.Phone.Send(B.Sealed(packet), GatewayB, PortB.Port);

    /// <summary>One packet from A arrives at B, as it was meant.</summary>
    public void FromA(int payload = 160)
    {
        var packet = Next(payload: payload);
        SendFromA(packet);
        Assert.Equal(packet, B.Receive());
        RelayRig.CameFrom(B.Phone, GatewayB, PortB.Port);
    }

    public void FromB(int payload = 160)
    {
        var packet = Rtp(_fromB++, 9, payload);
        SendFromB(packet);
        Assert.Equal(packet, A.Receive());
        RelayRig.CameFrom(A.Phone, GatewayA, PortA.Port);
    }

    /// <summary>Talks until both directions come by the ring.</summary>
    public RingCall AwaitRing()
    {
        Eventually.True(
            () => ByRing(() =>
            {
                FromA();
                FromB();
            }) == 2,
            "by the ring");
        return this;
    }

    /// <summary>Packets that come by the ring of those that are sent.</summary>
    public long ByRing(Action send)
    {
        var before = _rig.Relay.RingPackets;
        send();
        return _rig.Relay.RingPackets - before;
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
