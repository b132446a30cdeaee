using System.Runtime.InteropServices;

namespace SipAlg.Linux.Netlink;

/// <summary>
/// A socket to the kernel's network configuration (rtnetlink) or its sockets (sock_diag). The kernel answers a request before the send returns: nothing here
/// waits. For one thread.
/// </summary>
public sealed unsafe class NetlinkSocket : IDisposable
{
    private const int AfNetlink = 16;
    private const int Route = 0;
    private const int AddressOctets = 12;

    /// <summary>More than any message of a dump (NLMSG_GOODSIZE is at most 8 KiB, a page elsewhere; the kernel uses what the reader has up to 32 KiB).</summary>
    private const int BufferOctets = 32768;

    private readonly byte* _buffer = (byte*)NativeMemory.AlignedAlloc(BufferOctets, 8);
    private uint _sequence;

    /// <param name="groups">RTMGRP_ bits of changes that are told of.</param>
    /// <param name="protocol">NETLINK_.</param>
    /// <exception cref="SystemCallException">The system refuses it.</exception>
    public NetlinkSocket(uint groups = 0, int protocol = Route)
    {
        Descriptor = SystemCallException.Check(LibC.Socket(AfNetlink, SocketConstants.SockRaw | SocketConstants.SockCloExec | SocketConstants.SockNonBlock, protocol), "socket(AF_NETLINK)");
        var address = stackalloc uint[AddressOctets / sizeof(uint)];
        (address[0], address[1], address[2]) = (AfNetlink, 0, groups);
        if (LibC.Bind(Descriptor, (SockAddr*)address, AddressOctets) < 0)
        {
            var errno = LibC.Errno;
            Dispose();
            throw new SystemCallException("bind(AF_NETLINK)", errno);
        }
    }

    public int Descriptor { get; }

    /// <summary>A request whose body is to be written; the buffer is the answer's as well.</summary>
    internal NetlinkWriter Request(NetlinkType type, NetlinkFlags flags) => new(new Span<byte>(_buffer, BufferOctets), type, flags | NetlinkFlags.Request, ++_sequence);

    /// <summary>Sends a request; 0, or the error number of sending.</summary>
    internal int Send(in NetlinkWriter request) => LibC.SendTo(Descriptor, _buffer, (nuint)request.Finish(), 0, null, 0) < 0 ? LibC.Errno : 0;

    /// <summary>The next datagram of answers or changes, good until the next call; empty when there is none.</summary>
    internal NetlinkReader Receive()
    {
        var received = (int)LibC.RecvFrom(Descriptor, _buffer, BufferOctets, SocketConstants.MsgDontWait, null, null);
        IsOverrun |= received < 0 && LibC.Errno == Errors.NoBufferSpace;
        return new NetlinkReader(new ReadOnlySpan<byte>(_buffer, Math.Max(0, received)));
    }

    /// <summary>Changes came faster than they were read, and some are lost.</summary>
    internal bool IsOverrun { get; set; }

    /// <summary>Carries out a request that has no answer but success; 0, or the error number.</summary>
    internal int Do(in NetlinkWriter request)
    {
        var errno = Send(request);
        for (var answers = Receive(); errno == 0 && answers.Next();)
        {
            errno = answers.Errno;
        }

        return errno;
    }

    public void Dispose()
    {
        _ = LibC.Close(Descriptor);
        NativeMemory.AlignedFree(_buffer);
    }
}
