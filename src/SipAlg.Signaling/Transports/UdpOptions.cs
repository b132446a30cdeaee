using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>Makes UDP sockets as the lanes want them.</summary>
internal static unsafe class UdpOptions
{
    /// <param name="shared">Several sockets share the address, one a lane (SO_REUSEPORT).</param>
    /// <exception cref="ListenerException">The system refuses.</exception>
    public static int Open(ListenerOptions options, bool shared, int receiveBuffer, out IpEndpoint bound)
    {
        var isV4 = options.Address.Address.IsV4;
        var kind = SocketConstants.SockDgram | SocketConstants.SockNonBlock | SocketConstants.SockCloExec;
        var fd = LibC.Socket(isV4 ? SocketConstants.AfInet : SocketConstants.AfInet6, kind, 0);
        if (fd < 0)
        {
            throw new ListenerException(options, LibC.Errno);
        }

        Prepare(fd, options.Address.Address, shared);
        SetReceiveBuffer(fd, receiveBuffer);
        var address = SockAddr.From(options.Address);
        var length = (uint)SockAddr.Size;
        if (LibC.Bind(fd, &address, address.Length) < 0 || LibC.GetSockName(fd, &address, &length) < 0)
        {
            var errno = LibC.Errno;
            _ = LibC.Close(fd);
            throw new ListenerException(options, errno);
        }

        bound = address.ToEndpoint();
        return fd;
    }

    /// <summary>What the kernel granted as receive buffer, in octets (it reports the double, for its own book-keeping).</summary>
    public static int ReceiveBuffer(int fd)
    {
        int granted;
        var length = (uint)sizeof(int);
        return LibC.GetSockOpt(fd, SocketConstants.SolSocket, SocketConstants.SoRcvBuf, &granted, &length) < 0 ? 0 : granted / 2;
    }

    private static void Prepare(int fd, IpAddress address, bool shared)
    {
        var isWildcard = address.IsUnspecified ? 1 : 0;
        if (shared)
        {
            _ = Set(fd, SocketConstants.SolSocket, SocketConstants.SoReusePort, 1);
        }

        if (address.IsV4)
        {
            _ = Set(fd, SocketConstants.IpProtoIp, SocketConstants.IpPktInfo, isWildcard);
            _ = Set(fd, SocketConstants.IpProtoIp, SocketConstants.IpRecvErr, 1);
            return;
        }

        _ = Set(fd, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6V6Only, 1);
        _ = Set(fd, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6RecvPktInfo, isWildcard);
        _ = Set(fd, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6RecvErr, 1);
    }

    /// <summary>The forced form passes net.core.rmem_max and wants CAP_NET_ADMIN.</summary>
    private static void SetReceiveBuffer(int fd, int octets)
    {
        if (!Set(fd, SocketConstants.SolSocket, SocketConstants.SoRcvBufForce, octets))
        {
            _ = Set(fd, SocketConstants.SolSocket, SocketConstants.SoRcvBuf, octets);
        }
    }

    private static bool Set(int fd, int level, int option, int value) =>
        LibC.SetSockOpt(fd, level, option, &value, sizeof(int)) == 0;
}
