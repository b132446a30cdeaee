using System.Buffers.Binary;
using SipAlg.Linux;
using SipAlg.Media.Kernel;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>Datagrams whose checksum nobody has looked at.</summary>
public sealed unsafe class ChecksumTests
{
    private static readonly (IpEndpoint From, IpEndpoint To)[] _ways =
        [(IpEndpoint.Parse("192.0.2.1:4000"), IpEndpoint.Parse("10.0.0.1:20000")), (IpEndpoint.Parse("[2001:db8::1]:4000"), IpEndpoint.Parse("[2001:db8:1::ffff]:20000"))];

    private static bool IsSound((IpEndpoint From, IpEndpoint To) way, ReadOnlySpan<byte> datagram)
    {
        fixed (byte* start = datagram)
        {
            return Checksum.IsSound(start, datagram.Length, Checksum.PseudoSum(SockAddr.From(way.From), SockAddr.From(way.To)));
        }
    }

    [Fact]
    public void Each_bit_counts()
    {
        foreach (var way in _ways)
        {
            for (var length = 0; length < 40; length++)
            {
                var frame = new Frame(way.From, way.To, Phone.Rtp(length, payload: length));
                var datagram = frame.ToOctets()[frame.Udp..];
                Assert.True(IsSound(way, datagram));
                for (var bit = 0; bit < 8 * datagram.Length; bit++)
                {
                    datagram[bit / 8] ^= (byte)(1 << (bit % 8));
                    Assert.False(IsSound(way, datagram));
                    datagram[bit / 8] ^= (byte)(1 << (bit % 8));
                }
            }
        }
    }

    [Fact]
    public void None_tells_nothing_and_one_that_an_interface_would_complete_is_taken()
    {
        foreach (var way in _ways)
        {
            for (var number = 0; number < 1000; number++)
            {
                var frame = new Frame(way.From, way.To, Phone.Rtp(number, payload: number));
                var datagram = frame.ToOctets()[frame.Udp..];
                datagram.AsSpan(6, 2).Clear();
                Assert.True(IsSound(way, datagram));
                BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), Pseudo(frame, datagram.Length));
                Assert.True(IsSound(way, datagram));
                datagram[6] ^= 1;
                Assert.False(IsSound(way, datagram));
            }
        }
    }

    /// <summary>Addresses, protocol and length, folded, and not turned round.</summary>
    private static ushort Pseudo(Frame frame, int length)
    {
        var isV4 = frame.From.Address.IsV4;
        var addresses = frame.ToOctets().AsSpan(isV4 ? 26 : 22, isV4 ? 8 : 32);
        var sum = 17 + (uint)length;
        for (var i = 0; i < addresses.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(addresses[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }
}
