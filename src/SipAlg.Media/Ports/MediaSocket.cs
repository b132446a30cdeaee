using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Ports;

/// <summary>Makes UDP sockets for media ports.</summary>
internal static unsafe class MediaSocket
{
    /// <summary>Binds a port and the next one; on failure neither is left open.</summary>
    public static PortTakeResult TryOpenPair(IpEndpoint rtp, int receiveBuffer, byte dscp, out int rtpDescriptor, out int rtcpDescriptor)
    {
        rtcpDescriptor = -1;
        var result = TryOpen(rtp, receiveBuffer, dscp, out rtpDescriptor);
        if (result != PortTakeResult.Taken)
        {
            return result;
        }

        result = TryOpen(rtp.WithPort((ushort)(rtp.Port + 1)), receiveBuffer, dscp, out rtcpDescriptor);
        if (result != PortTakeResult.Taken)
        {
            _ = LibC.Close(rtpDescriptor);
        }

        return result;
    }

    private static PortTakeResult TryOpen(IpEndpoint local, int receiveBuffer, byte dscp, out int descriptor)
    {
        var address = SockAddr.From(local);
        descriptor = LibC.Socket(address.Family, SocketConstants.SockDgram | SocketConstants.SockNonBlock | SocketConstants.SockCloExec, 0);
        if (descriptor < 0)
        {
            return ResultOf(LibC.Errno);
        }

        if (DescriptorReserve.Holds(descriptor))
        {
            _ = LibC.Close(descriptor);
            return PortTakeResult.NoDescriptors;
        }

        if (SetOptions(descriptor, local.Address.IsV6, receiveBuffer, dscp) && LibC.Bind(descriptor, &address, address.Length) == 0)
        {
            return PortTakeResult.Taken;
        }

        var result = ResultOf(LibC.Errno);
        _ = LibC.Close(descriptor);
        return result;
    }

    /// <summary>The code point of what a socket sends.</summary>
    public static bool SetDscp(int descriptor, bool isV6, byte dscp)
    {
        // The two lowest bits of the traffic class are ECN's (RFC 3168).
        var trafficClass = dscp << 2;
        return isV6
            ? Set(descriptor, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6TClass, trafficClass)
            : Set(descriptor, SocketConstants.IpProtoIp, SocketConstants.IpTos, trafficClass);
    }

    private static bool SetOptions(int descriptor, bool isV6, int receiveBuffer, byte dscp) =>
        (!isV6 || Set(descriptor, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6V6Only, 1)) &&
        (isV6 ? Set(descriptor, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6RecvErr, 1) : Set(descriptor, SocketConstants.IpProtoIp, SocketConstants.IpRecvErr, 1)) &&
        (receiveBuffer == 0 || Set(descriptor, SocketConstants.SolSocket, SocketConstants.SoRcvBuf, receiveBuffer)) &&
        (dscp == 0 || SetDscp(descriptor, isV6, dscp));

    private static bool Set(int descriptor, int level, int option, int value) =>
        LibC.SetSockOpt(descriptor, level, option, &value, sizeof(int)) == 0;

    private static PortTakeResult ResultOf(int errno) => errno switch
    {
        Errors.AddressInUse => PortTakeResult.InUseElsewhere,
        Errors.TooManyFiles or Errors.TooManyFilesInSystem => PortTakeResult.NoDescriptors,
        Errors.NoMemory or Errors.NoBufferSpace => PortTakeResult.NoMemory,
        Errors.PermissionDenied or Errors.NotPermitted => PortTakeResult.Forbidden,
        // What is left is an address of another host, or a family that this one does not speak.
        _ => PortTakeResult.NoSuchAddress,
    };
}
