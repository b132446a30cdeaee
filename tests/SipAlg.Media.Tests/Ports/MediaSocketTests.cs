using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Ports;

public sealed class MediaSocketTests
{
    [Fact]
    public void Running_out_of_descriptors_is_an_answer_and_leaves_none_behind()
    {
        using var rig = new RelayRig();
        var sockets = Sockets.Open();
        var taken = new List<MediaPort>();
        PortTakeResult result;
        using (new DescriptorLimit(9))
        {
            while ((result = rig.Pool.TryTake(IpAddress.Parse(RelayRig.Address), 0, out var port)) == PortTakeResult.Taken)
            {
                taken.Add(port);
            }
        }

        Assert.Equal(PortTakeResult.NoDescriptors, result);
        Assert.Equal(taken.Count, rig.Pool.InUse);
        Assert.Equal(sockets + (2 * taken.Count), Sockets.Open());
        taken.ForEach(port => rig.Relay.Release(port));
        rig.AwaitAllClosed();
        rig.Take();
    }

    [Theory]
    [InlineData(RelayRig.Address, SocketConstants.IpProtoIp, SocketConstants.IpTos)]
    [InlineData(RelayRig.AddressV6, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6TClass)]
    public unsafe void Sockets_carry_the_realms_dscp_and_the_buffer_of_the_options(string address, int level, int option)
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, SocketReceiveBuffer = 65536 }, new ManualTime());
        var pool = relay.OpenPool(new MediaRange(0, 24400, 24499, Dscp: 46), 0, 1);
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(IpAddress.Parse(address), 0, out var port));
        var pair = pool.PairOf(port.Port);
        foreach (var descriptor in new[] { pair->Rtp.Descriptor, pair->Rtcp.Descriptor })
        {
            Assert.Equal(46 << 2, Get(descriptor, level, option));
            // The system doubles what it is asked for (socket(7)).
            Assert.Equal(2 * 65536, Get(descriptor, SocketConstants.SolSocket, SocketConstants.SoRcvBuf));
        }
    }

    /// <summary>What the receiver is told of a packet's traffic class (IP_RECVTOS, IPV6_RECVTCLASS).</summary>
    [Theory]
    [InlineData(RelayRig.Address, "127.0.0.3", SocketConstants.IpProtoIp, 13, SocketConstants.IpTos)]
    [InlineData(RelayRig.AddressV6, RelayRig.AddressV6, SocketConstants.IpProtoIpv6, 66, SocketConstants.Ipv6TClass)]
    public unsafe void Packets_of_media_and_of_rtcp_arrive_with_it(string bind, string receiver, int level, int tells, int option)
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        var pool = relay.OpenPool(new MediaRange(0, 24400, 24499, Dscp: 46), 0, 1);
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(IpAddress.Parse(bind), 0, out var port));
        relay.Start();
        using var phone = new Phone(receiver);
        relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint, RtcpMux = true });
        relay.Loop(port);
        var one = 1;
        Assert.Equal(0, LibC.SetSockOpt((int)phone.Handle, level, tells, &one, sizeof(int)));
        var control = stackalloc byte[64];
        foreach (var packet in new[] { Phone.Rtp(1), Phone.Rtcp() })
        {
            phone.Send(packet, bind, port.Port);
            Assert.True(phone.Awaits());
            MsgHdr message = default;
            message.Control = control;
            message.ControlLength = 64;
            Assert.True(LibC.RecvMsg((int)phone.Handle, &message, 0) >= 0);
            var told = new ControlReader(new ReadOnlySpan<byte>(control, (int)message.ControlLength));
            Assert.True(told.Next());
            Assert.Equal((level, option, 46 << 2), (told.Level, told.Type, told.Data[0]));
        }
    }

    private static unsafe int Get(int descriptor, int level, int option)
    {
        int value;
        var length = (uint)sizeof(int);
        Assert.Equal(0, LibC.GetSockOpt(descriptor, level, option, &value, &length));
        return value;
    }
}
