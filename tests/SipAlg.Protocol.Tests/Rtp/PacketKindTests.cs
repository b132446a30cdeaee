using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Tests.Rtp;

public sealed class PacketKindTests
{
    [Theory]
    [InlineData(0, 1, 20, PacketKind.Stun)]
    [InlineData(3, 0, 20, PacketKind.Stun)]
    [InlineData(0, 1, 19, PacketKind.Other)]
    [InlineData(4, 0, 40, PacketKind.Other)]
    [InlineData(16, 0, 40, PacketKind.Other)]
    [InlineData(20, 254, 13, PacketKind.Dtls)]
    [InlineData(63, 254, 13, PacketKind.Dtls)]
    [InlineData(22, 254, 12, PacketKind.Other)]
    [InlineData(64, 0, 40, PacketKind.Other)]
    [InlineData(127, 0, 40, PacketKind.Other)]
    [InlineData(128, 0, 12, PacketKind.Rtp)]
    [InlineData(191, 127, 12, PacketKind.Rtp)]
    [InlineData(128, 0, 11, PacketKind.Other)]
    [InlineData(128, 191, 12, PacketKind.Rtp)]
    [InlineData(128, 192, 8, PacketKind.Rtcp)]
    [InlineData(129, 201, 32, PacketKind.Rtcp)]
    [InlineData(128, 223, 8, PacketKind.Rtcp)]
    [InlineData(128, 224, 12, PacketKind.Rtp)]
    [InlineData(128, 203, 4, PacketKind.Rtcp)]
    [InlineData(128, 203, 3, PacketKind.Other)]
    [InlineData(192, 0, 40, PacketKind.Other)]
    [InlineData(0, 0, 0, PacketKind.Other)]
    public void Sorts_by_the_first_octets(byte first, byte second, int length, PacketKind kind)
    {
        var packet = new byte[Math.Max(length, 2)];
        packet[0] = first;
        packet[1] = second;
        Assert.Equal(kind, PacketKinds.Of(packet.AsSpan(0, length)));
    }
}
