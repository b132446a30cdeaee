using System.Buffers.Binary;
using SipAlg.Linux;

namespace SipAlg.Media.Sharing;

/// <summary>Sends UDP through a raw socket, from any port: header and checksum are ours (RFC 768, RFC 8200 §8.1).</summary>
internal static unsafe class UdpDatagram
{
    private const int HeaderOctets = 8;

    /// <param name="socket">Of the target's family.</param>
    /// <param name="port">Where it comes from.</param>
    /// <param name="target">Address and port.</param>
    /// <param name="payload">The datagram.</param>
    /// <param name="octets">Its length, at most 65,507.</param>
    /// <returns>false: not sent, why says <see cref="LibC.Errno"/>.</returns>
    public static bool TrySend(in SharedSocket socket, ushort port, in SockAddr target, void* payload, int octets)
    {
        var length = BinaryPrimitives.ReverseEndianness((ushort)(HeaderOctets + octets));
        var header = stackalloc ushort[4] { BinaryPrimitives.ReverseEndianness(port), target.PortRaw, length, 0 };
        // The pseudo header has addresses, protocol and once more the length.
        var sum = Sum((byte*)payload, octets) + socket.AddressSum + AddressSum(target) + (ulong)(SocketConstants.IpProtoUdp << 8) + length + header[0] + header[1] + length;
        header[3] = Fold(sum);
        // The kernel takes the port of an IPv6 address for a protocol's number here.
        var to = target with { PortRaw = 0 };
        var parts = stackalloc IoVec[2];
        parts[0] = new IoVec { Base = header, Length = HeaderOctets };
        parts[1] = new IoVec { Base = payload, Length = (nuint)octets };
        var message = new MsgHdr { Name = &to, NameLength = target.Length, Vectors = parts, VectorCount = 2 };
        return LibC.SendMsg(socket.Sender, &message, SocketConstants.MsgDontWait) >= 0;
    }

    /// <summary>What an address adds to the sum of a pseudo header.</summary>
    public static uint AddressSum(in SockAddr address)
    {
        fixed (byte* rest = address.Rest)
        {
            var words = (uint*)rest;
            var sum = address.Family == SocketConstants.AfInet ? words[0] : (ulong)words[1] + words[2] + words[3] + words[4];
            sum = (sum & uint.MaxValue) + (sum >> 32);
            return (uint)((sum & uint.MaxValue) + (sum >> 32));
        }
    }

    /// <summary>The sum of the words as they lie in memory, which does not mind their order of octets (RFC 1071 §2).</summary>
    public static ulong Sum(byte* octets, int count)
    {
        ulong sum = 0;
        for (; count >= 8; count -= 8, octets += 8)
        {
            var words = *(ulong*)octets;
            sum += (uint)words + (words >> 32);
        }

        for (; count >= 2; count -= 2, octets += 2)
        {
            sum += *(ushort*)octets;
        }

        // As if a 0 followed.
        return count == 0 ? sum : sum + *octets;
    }

    /// <summary>The checksum that makes up for a sum; never 0, which would say that there is none.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        var checksum = (ushort)~sum;
        return checksum == 0 ? ushort.MaxValue : checksum;
    }
}
