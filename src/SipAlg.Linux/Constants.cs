namespace SipAlg.Linux;

/// <summary>Error numbers that are the same on x86-64 and arm64 (asm-generic/errno.h).</summary>
public static class Errors
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int PermissionDenied = 13;
    public const int Exists = 17;
    public const int InvalidArgument = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int MessageTooLong = 90;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkUnreachable = 101;
    public const int NoBufferSpace = 105;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
}

/// <summary>Socket constants of Linux on x86-64 and arm64.</summary>
public static class SocketConstants
{
    public const int AfInet = 2;
    public const int AfInet6 = 10;
    public const int SockDgram = 2;
    public const int SockNonBlock = 0x800;
    public const int SockCloExec = 0x80000;
    public const int MsgDontWait = 0x40;
    public const int SockRaw = 3;
    public const int MsgTrunc = 0x20;
    public const int MsgErrQueue = 0x2000;
    public const int SolSocket = 1;
    public const int SoReuseAddr = 2;
    public const int SoSndBuf = 7;
    public const int SoRcvBuf = 8;
    public const int SoReusePort = 15;
    public const int SoAttachFilter = 26;
    public const int SoSndBufForce = 32;
    public const int SoRcvBufForce = 33;
    public const int SoAttachReusePortEbpf = 52;
    public const int SoMemInfo = 55;
    public const int IpProtoIp = 0;
    public const int IpMtuDiscover = 10;
    public const int Ipv6MtuDiscover = 23;

    /// <summary>IP_PMTUDISC_DO and IPV6_PMTUDISC_DO.</summary>
    public const int PmtuDo = 2;
    public const int IpTos = 1;
    public const int IpPktInfo = 8;
    public const int IpRecvErr = 11;
    public const int IpRecvOrigDstAddr = 20;
    public const int IpProtoIcmp = 1;
    public const int IpProtoUdp = 17;
    public const int IpProtoIpv6 = 41;
    public const int Ipv6RecvErr = 25;
    public const int Ipv6V6Only = 26;
    public const int Ipv6RecvPktInfo = 49;
    public const int Ipv6PktInfo = 50;
    public const int Ipv6TClass = 67;
    public const int Ipv6RecvOrigDstAddr = 74;
    public const int IpProtoIcmpV6 = 58;
    public const int SolRaw = 255;
    public const int IcmpFilter = 1;
    public const int EfdNonBlock = 0x800;
    public const int EfdCloExec = 0x80000;
}
