using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Media.Ports;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Sharing;

/// <summary>
/// What many ports of a local address share: a socket that receives for them all, and a raw one that sends from each, since a UDP socket sends only from
/// the port that it is bound to. In native memory, because ports point to it; it lasts as long as the relay.
/// </summary>
internal unsafe struct SharedSocket
{
    /// <summary>One queue for many streams has to outlast a pause of the thread: a second of 5,000 packets of audio, at what the kernel counts for one.</summary>
    private const int UsualReceiveBuffer = 8 << 20;

    private const int SendBuffer = 4 << 20;

    public int Receiver;
    public int Sender;

    /// <summary>Its number for <see cref="PortSteering"/>.</summary>
    public ushort Number;

    /// <summary>By port, the numbers of the address's sockets.</summary>
    public ushort* Ports;

    /// <summary>Of so many batches it is noted of one how long it has waited; 0: of none.</summary>
    public int StampedShare;

    /// <summary>Of the local address, for checksums.</summary>
    public uint AddressSum;

    /// <summary>Opens both sockets; on failure neither is left open.</summary>
    /// <param name="local">An address of this host.</param>
    /// <param name="receiveBuffer">Octets; 0: what is usual.</param>
    /// <param name="dscp">Of what is sent.</param>
    /// <param name="socket">Without number and ports.</param>
    public static bool TryOpen(IpAddress local, int receiveBuffer, byte dscp, out SharedSocket socket)
    {
        socket = new SharedSocket { Receiver = OpenReceiver(local.IsV4, receiveBuffer), Sender = -1, AddressSum = UdpDatagram.AddressSum(SockAddr.From(new IpEndpoint(local, 0))) };
        if (socket.Receiver >= 0 && (socket.Sender = OpenSender(local, dscp)) >= 0)
        {
            return true;
        }

        socket.Close();
        return false;
    }

    /// <summary>Opens the one that sends alone: what it cannot send in one piece it refuses, so that no number for fragments has to be drawn for each packet.</summary>
    /// <inheritdoc cref="TryOpen"/>
    public static bool TryOpenSender(IpAddress local, byte dscp, out SharedSocket socket)
    {
        socket = new SharedSocket { Receiver = -1, Sender = OpenSender(local, dscp), AddressSum = UdpDatagram.AddressSum(SockAddr.From(new IpEndpoint(local, 0))) };
        if (socket.Sender >= 0 && !DescriptorReserve.Holds(socket.Sender) && (local.IsV4
            ? Set(socket.Sender, SocketConstants.IpProtoIp, SocketConstants.IpMtuDiscover, SocketConstants.PmtuDo)
            : Set(socket.Sender, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6MtuDiscover, SocketConstants.PmtuDo)))
        {
            return true;
        }

        socket.Close();
        return false;
    }

    public readonly void Close()
    {
        CloseOpen(Receiver);
        CloseOpen(Sender);
    }

    /// <summary>Where it is bound does not matter, but bound it must be to be led to: on loopback nobody from elsewhere reaches that port.</summary>
    private static int OpenReceiver(bool isV4, int buffer)
    {
        var address = SockAddr.From(new IpEndpoint(isV4 ? IpAddress.LoopbackV4 : IpAddress.Parse("::1"), 0));
        var descriptor = LibC.Socket(address.Family, SocketConstants.SockDgram | SocketConstants.SockNonBlock | SocketConstants.SockCloExec, 0);
        return Opened(descriptor,
            (isV4 ? Set(descriptor, SocketConstants.IpProtoIp, SocketConstants.IpRecvOrigDstAddr, 1)
                : Set(descriptor, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6V6Only, 1) && Set(descriptor, SocketConstants.IpProtoIpv6, SocketConstants.Ipv6RecvOrigDstAddr, 1)) &&
            Set(descriptor, SocketConstants.SolSocket, SocketConstants.SoRcvBufForce, buffer == 0 ? UsualReceiveBuffer : buffer) &&
            LibC.Bind(descriptor, &address, address.Length) == 0);
    }

    /// <summary>
    /// The kernel writes the IP header, chooses the way and makes fragments, as for a UDP socket. It would also hand a copy of each datagram to the local
    /// address to this socket: connected with its own address it gets at most those that the host sends to itself, and its filter takes none.
    /// </summary>
    private static int OpenSender(IpAddress local, byte dscp)
    {
        var address = SockAddr.From(new IpEndpoint(local, 0));
        var descriptor = LibC.Socket(address.Family, SocketConstants.SockRaw | SocketConstants.SockNonBlock | SocketConstants.SockCloExec, SocketConstants.IpProtoUdp);
        return Opened(descriptor,
            RefuseAll(descriptor) && MediaSocket.SetDscp(descriptor, local.IsV6, dscp) &&
            Set(descriptor, SocketConstants.SolSocket, SocketConstants.SoSndBufForce, SendBuffer) &&
            LibC.Bind(descriptor, &address, address.Length) == 0 && LibC.Connect(descriptor, &address, address.Length) == 0);
    }

    private static bool RefuseAll(int descriptor)
    {
        // BPF_RET | BPF_K: so many octets of each packet are taken.
        var refuse = new FilterStep { Code = 6, Value = 0 };
        var filter = new FilterProgram { Length = 1, Steps = &refuse };
        if (LibC.SetSockOpt(descriptor, SocketConstants.SolSocket, SocketConstants.SoAttachFilter, &filter, (uint)sizeof(FilterProgram)) < 0)
        {
            return false;
        }

        // What came before the filter did.
        while (LibC.RecvFrom(descriptor, null, 0, SocketConstants.MsgDontWait, null, null) >= 0)
        {
        }

        return true;
    }

    private static int Opened(int descriptor, bool isReady)
    {
        if (isReady)
        {
            return descriptor;
        }

        CloseOpen(descriptor);
        return -1;
    }

    private static void CloseOpen(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = LibC.Close(descriptor);
        }
    }

    private static bool Set(int descriptor, int level, int option, int value) => LibC.SetSockOpt(descriptor, level, option, &value, sizeof(int)) == 0;

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterStep
    {
        public ushort Code;
        public byte True;
        public byte False;
        public uint Value;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public FilterStep* Steps;
    }
}
