using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// A UDP socket of one lane. On a wildcard address it learns from each datagram which address was asked and sends from the one it is
/// told. ICMP errors are queued (IP_RECVERR), so that they name the destination and do not strike the next send.
/// </summary>
internal sealed unsafe class UdpSocket : IDisposable
{
    private const int ControlSize = 256;

    private readonly ReceiveArea* _area = (ReceiveArea*)NativeMemory.AllocZeroed((nuint)sizeof(ReceiveArea));
    private readonly bool _isWildcard;

    /// <exception cref="ListenerException">The system refuses the address.</exception>
    public UdpSocket(ListenerOptions options, bool shared, int receiveBuffer)
    {
        _isWildcard = options.Address.Address.IsUnspecified;
        Descriptor = UdpOptions.Open(options, shared, receiveBuffer, out var bound);
        _ = ArrivalStamp.TryStamp(Descriptor);
        Bound = bound;
    }

    private struct ReceiveArea
    {
        public MsgHdr Message;
        public IoVec Vector;
        public SockAddr From;
        public fixed byte Control[ControlSize];
    }

    public int Descriptor { get; }

    /// <summary>The address bound to, with the port that the system chose for port 0.</summary>
    public IpEndpoint Bound { get; }

    /// <summary>Datagrams that the kernel dropped on this socket.</summary>
    public uint KernelDrops => SocketDrops.Of(Descriptor);

    /// <summary>Nanoseconds that the next datagram has waited; 0: there is none, or nobody knows.</summary>
    public long Waited => ArrivalStamp.TryWaited(Descriptor, out var waited) ? waited : 0;

    /// <summary>Takes one datagram.</summary>
    /// <returns>Its length; −1: nothing to read now.</returns>
    public int Receive(byte* buffer, int capacity, out IpEndpoint local, out IpEndpoint remote)
    {
        (local, remote) = (Bound, default);
        var length = Take(buffer, capacity);
        if (length < 0 && LibC.Errno != Errors.Again)
        {
            // The ICMP error of an earlier send, reported here once; its queue tells more.
            length = Take(buffer, capacity);
        }

        if (length < 0)
        {
            return -1;
        }

        remote = _area->From.ToEndpoint();
        if (_isWildcard)
        {
            ReadControl(ref local);
        }

        return (int)length;
    }

    /// <summary>Takes one queued ICMP error.</summary>
    /// <returns>false: the queue is empty.</returns>
    public bool TryTakeError(out IpEndpoint remote, out ExtendedError error)
    {
        (remote, error) = (default, default);
        byte unused;
        if (TakeWithControl(&unused, 1, SocketConstants.MsgErrQueue) < 0)
        {
            return false;
        }

        remote = _area->From.ToEndpoint();
        var control = new ControlReader(Control);
        while (control.Next() && !ExtendedError.TryRead(control, out error))
        {
        }

        return true;
    }

    /// <summary>Sends one datagram; on a wildcard socket from <paramref name="local"/>. Never waits.</summary>
    public SendResult Send(in IpEndpoint local, in IpEndpoint remote, ReadOnlySpan<byte> datagram)
    {
        var to = SockAddr.From(remote);
        fixed (byte* octets = datagram)
        {
            return _isWildcard && !local.Address.IsUnspecified ? SendFrom(local, &to, octets, datagram.Length) : Send(&to, octets, datagram.Length);
        }
    }

    public void Dispose()
    {
        _ = LibC.Close(Descriptor);
        NativeMemory.Free(_area);
    }

    /// <summary>An ICMP error that just arrived is reported by the next call on the socket, whatever its destination: the first failure may be another's.</summary>
    private SendResult Send(SockAddr* to, byte* octets, int length) =>
        LibC.SendTo(Descriptor, octets, (nuint)length, SocketConstants.MsgDontWait, to, to->Length) >= 0 ||
        LibC.SendTo(Descriptor, octets, (nuint)length, SocketConstants.MsgDontWait, to, to->Length) >= 0 ? SendResult.Sent : Classify(LibC.Errno);

    /// <summary>As <see cref="Send(SockAddr*, byte*, int)"/> does.</summary>
    private SendResult SendFrom(in IpEndpoint local, SockAddr* to, byte* octets, int length)
    {
        var control = stackalloc byte[PacketInfo.MaxSize];
        var vector = new IoVec { Base = octets, Length = (nuint)length };
        var message = new MsgHdr { Name = to, NameLength = to->Length, Vectors = &vector, VectorCount = 1, Control = control };
        message.ControlLength = (nuint)PacketInfo.Write(new Span<byte>(control, PacketInfo.MaxSize), local);
        return LibC.SendMsg(Descriptor, &message, SocketConstants.MsgDontWait) >= 0 ||
            LibC.SendMsg(Descriptor, &message, SocketConstants.MsgDontWait) >= 0 ? SendResult.Sent : Classify(LibC.Errno);
    }

    private static SendResult Classify(int errno) => errno switch
    {
        Errors.Again or Errors.NoBufferSpace or Errors.NoMemory => SendResult.WouldBlock,
        Errors.MessageTooLong => SendResult.TooLarge,
        Errors.NotPermitted or Errors.PermissionDenied => SendResult.Refused,
        Errors.NetworkUnreachable or Errors.HostUnreachable or Errors.AddressNotAvailable or Errors.InvalidArgument => SendResult.NoRoute,
        _ => SendResult.Failed,
    };

    /// <summary>Only a wildcard socket's datagrams bring something along.</summary>
    private nint Take(byte* buffer, int capacity)
    {
        if (_isWildcard)
        {
            return TakeWithControl(buffer, capacity, 0);
        }

        var length = (uint)SockAddr.Size;
        return LibC.RecvFrom(Descriptor, buffer, (nuint)capacity, SocketConstants.MsgDontWait, &_area->From, &length);
    }

    private nint TakeWithControl(byte* buffer, int capacity, int flags)
    {
        _area->Vector = new IoVec { Base = buffer, Length = (nuint)capacity };
        _area->Message = new MsgHdr
        {
            Name = &_area->From,
            NameLength = SockAddr.Size,
            Vectors = &_area->Vector,
            VectorCount = 1,
            Control = _area->Control,
            ControlLength = ControlSize,
        };
        return LibC.RecvMsg(Descriptor, &_area->Message, flags | SocketConstants.MsgDontWait);
    }

    private ReadOnlySpan<byte> Control => new(_area->Control, (int)_area->Message.ControlLength);

    private void ReadControl(ref IpEndpoint local)
    {
        var control = new ControlReader(Control);
        while (control.Next())
        {
            if (PacketInfo.TryRead(control, out var address, out var link))
            {
                local = new IpEndpoint(address, Bound.Port, link);
            }
        }
    }
}
