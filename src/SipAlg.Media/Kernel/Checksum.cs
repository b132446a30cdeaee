using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Media.Sharing;

namespace SipAlg.Media.Kernel;

/// <summary>The Internet checksum's arithmetic (RFC 1071, RFC 1624), on words as they lie in memory: its sums do not mind the order of octets.</summary>
internal static unsafe class Checksum
{
    /// <summary>What addresses and protocol add to the checksum of a datagram.</summary>
    public static uint PseudoSum(in SockAddr source, in SockAddr destination)
    {
        var sum = (ulong)UdpDatagram.AddressSum(source) + UdpDatagram.AddressSum(destination) + (SocketConstants.IpProtoUdp << 8);
        return (uint)((sum & uint.MaxValue) + (sum >> 32));
    }

    /// <summary>
    /// Whether a datagram is what was sent, as far as its checksum tells; 0 tells nothing. What comes from this host need not have one yet: in its place
    /// stands the sum of the pseudo header, for an interface that would complete it.
    /// </summary>
    /// <param name="datagram">From its UDP header on.</param>
    /// <param name="octets">Of both.</param>
    /// <param name="pseudoSum">As <see cref="PseudoSum"/> says.</param>
    public static bool IsSound(byte* datagram, int octets, uint pseudoSum)
    {
        var words = (ushort*)datagram;
        var (length, checksum) = (words[2], words[3]);
        return checksum == 0 || IsAllOnes((ulong)pseudoSum + length + UdpDatagram.Sum(datagram, octets)) || IsAllOnes((ulong)pseudoSum + length + (ushort)~checksum);
    }

    private static bool IsAllOnes(ulong sum) => UdpDatagram.Fold(sum) == ushort.MaxValue;

    /// <summary>What has to be added to a sum over <paramref name="before"/> for that over <paramref name="after"/>, as 32 bits whose carry goes round.</summary>
    public static uint Delta(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        ulong sum = 0;
        foreach (var word in MemoryMarshal.Cast<byte, uint>(before))
        {
            sum += ~word;
        }

        foreach (var word in MemoryMarshal.Cast<byte, uint>(after))
        {
            sum += word;
        }

        sum = (sum & uint.MaxValue) + (sum >> 32);
        return (uint)((sum & uint.MaxValue) + (sum >> 32));
    }
}
