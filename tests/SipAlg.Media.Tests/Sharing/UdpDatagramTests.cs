using FsCheck;
using FsCheck.Fluent;
using SipAlg.Media.Sharing;

namespace SipAlg.Media.Tests.Sharing;

public sealed unsafe class UdpDatagramTests
{
    /// <summary>RFC 1071 §1 word by word in network order, which in memory is the same number with its octets turned.</summary>
    [Fact]
    public void The_checksum_is_that_of_the_words() => Prop.ForAll<byte[]>(octets =>
    {
        uint sum = 0;
        for (var at = 0; at < octets.Length; at += 2)
        {
            sum += (uint)((octets[at] << 8) | (at + 1 < octets.Length ? octets[at + 1] : 0));
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        var expected = sum == ushort.MaxValue ? ushort.MaxValue : (ushort)~sum;
        fixed (byte* at = octets)
        {
            return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(UdpDatagram.Fold(UdpDatagram.Sum(at, octets.Length))) == expected;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_checksum_of_0_is_written_as_all_ones()
    {
        Assert.Equal(ushort.MaxValue, UdpDatagram.Fold(0xFFFF));
        Assert.Equal(ushort.MaxValue, UdpDatagram.Fold(0));
        Assert.Equal(ushort.MaxValue, UdpDatagram.Fold(ulong.MaxValue));
    }
}
