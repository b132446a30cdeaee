using System.Buffers.Binary;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Network;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>Frames with VLAN tags (IEEE 802.1Q), put on the wire of an interface octet by octet: two ends that are on that wire.</summary>
public sealed unsafe class VlanTests : IDisposable
{
    private const string Gateway = "10.3.0.1";
    private const ushort TagProtocol = 0x8100;
    private const ushort Ip = 0x0800;
    private static readonly IpEndpoint A = IpEndpoint.Parse("10.3.0.2:4000");
    private static readonly IpEndpoint B = IpEndpoint.Parse("10.3.0.3:6000");

    private readonly KernelRig _rig = new();
    private readonly TapDevice _wire;
    private readonly MediaPort _portA;
    private readonly MediaPort _portB;
    private int _number = 100;

    public VlanTests()
    {
        _wire = new TapDevice(_rig.Gateway, "wire");
        _rig.Gateway.Execute("ip link set dev wire address 02:00:00:00:00:01");
        _rig.Gateway.Address("wire", $"{Gateway}/24");
        _rig.Gateway.Execute("ip neigh add 10.3.0.2 lladdr 02:00:00:00:00:02 dev wire nud permanent");
        _rig.Gateway.Execute("ip neigh add 10.3.0.3 lladdr 02:00:00:00:00:03 dev wire nud permanent");
        _rig.Start();
        (_portA, _portB) = (_rig.Take(Gateway), _rig.Take(Gateway));
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = A });
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = B });
        _rig.Relay.Join(_portA, _portB);
        Eventually.True(
            () =>
            {
                var before = InKernel;
                Crosses(null);
                return InKernel > before;
            },
            "the kernel relays");
    }

    public void Dispose()
    {
        _rig.Dispose();
        _wire.Dispose();
    }

    private long InKernel => Volatile.Read(ref _rig.PairOf(_portA)->Cell->PacketsIn);

    private long Received => _rig.Rtp(_portA).Totals.PacketsIn;

    /// <summary>From A to the gateway.</summary>
    private void Send(byte[] payload, ushort? tag)
    {
        var frame = new Frame(A, IpEndpoint.Parse($"{Gateway}:{_portA.Port}"), payload).ToOctets();
        byte[] addresses = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        _wire.Send(tag is { } information
            ? [.. addresses, TagProtocol >> 8, TagProtocol & 0xFF, (byte)(information >> 8), (byte)information, .. frame.AsSpan(12)]
            : [.. addresses, .. frame.AsSpan(12)]);
    }

    /// <summary>The next packet arrives at B, in a frame without a tag.</summary>
    private void Crosses(ushort? tag)
    {
        var payload = Phone.Rtp(_number++);
        Send(payload, tag);
        var frame = _wire.Receive(frame => frame.AsSpan(0, 6).SequenceEqual<byte>([2, 0, 0, 0, 0, 3]));
        Assert.Equal(Ip, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)));
        Assert.Equal(payload, frame[42..]);
    }

    /// <summary>VLAN 0 is none: the tag has a priority alone, as telephones like to set it. It does not go on with the packet.</summary>
    [Fact]
    public void Priority_tags_cross_in_the_kernel_and_end_there()
    {
        var before = InKernel;
        for (var priority = 0; priority < 8; priority++)
        {
            Crosses((ushort)(priority << 13));
        }

        Assert.Equal(before + 8, InKernel);
    }

    /// <summary>The addresses are those of a stream, the network is another: nothing of it is relayed, by whatever way.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(0xAFFE)]
    public void A_vlan_that_is_no_interface_of_the_host_is_not_heard(int tag)
    {
        var (inKernel, received) = (InKernel, Received);
        Send(Phone.Rtp(_number), (ushort)tag);
        Crosses(null);
        Assert.Equal((inKernel + 1, received + 1), (InKernel, Received));
    }
}
