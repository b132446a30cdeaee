using System.Runtime.InteropServices;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Linux.Netlink;

/// <summary>
/// Asks the kernel which socket a datagram to a port would reach (sock_diag), in some 2 µs. It looks as it does for a packet: sockets that are bound, also to
/// all addresses, and programs that steer packets to a socket. For one thread.
/// </summary>
public sealed class UdpLookup : IDisposable
{
    private const int SocketDiagnosis = 4;
    private const uint NoCookie = uint.MaxValue;

    private readonly NetlinkSocket _socket = new(protocol: SocketDiagnosis);

    /// <summary>Looks for a socket that gets what anybody sends to an address and port of this host.</summary>
    /// <returns>0: some socket does; ENOENT: none; else what stands in the way of the question.</returns>
    public int Find(IpEndpoint local)
    {
        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        local.Address.WriteOctets(octets);
        var request = _socket.Request(NetlinkType.SocketsByFamily, NetlinkFlags.None);
        request.Body(new Question
        {
            Family = (byte)(local.Address.IsV4 ? SocketConstants.AfInet : SocketConstants.AfInet6),
            Protocol = SocketConstants.IpProtoUdp,
            // For datagrams the kernel takes the destination for the local end.
            DestinationPort = SockAddr.From(local).PortRaw,
            Destination = MemoryMarshal.Read<Address>(octets),
            Cookie = NoCookie,
            CookieHigh = NoCookie,
        });
        var errno = _socket.Send(request);
        if (errno != 0)
        {
            return errno;
        }

        var answer = _socket.Receive();
        return answer.Next() ? answer.Errno : Errors.Again;
    }

    public void Dispose() => _socket.Dispose();

    [StructLayout(LayoutKind.Sequential)]
    private struct Address
    {
        private readonly ulong _first;
        private readonly ulong _second;
    }

    /// <summary>struct inet_diag_req_v2; ports and addresses in network order.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Question
    {
        public byte Family;
        public byte Protocol;
        public byte Wanted;
        public byte Pad;
        public uint States;
        public ushort SourcePort;
        public ushort DestinationPort;
        public Address Source;
        public Address Destination;
        public uint Interface;
        public uint Cookie;
        public uint CookieHigh;
    }
}
