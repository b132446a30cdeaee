using System.Runtime.InteropServices;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Linux;

/// <summary>Reads the control messages (struct cmsghdr, 64-bit systems) that a receive left in its control buffer.</summary>
public ref struct ControlReader(ReadOnlySpan<byte> control)
{
    private const int HeaderSize = 16;
    private ReadOnlySpan<byte> _rest = control;

    /// <summary>SOL_SOCKET, IPPROTO_IP or IPPROTO_IPV6.</summary>
    public int Level { get; private set; }

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Data { get; private set; }

    public bool Next()
    {
        if (_rest.Length < HeaderSize)
        {
            return false;
        }

        var length = (int)Math.Clamp(MemoryMarshal.Read<long>(_rest), HeaderSize, _rest.Length);
        Level = MemoryMarshal.Read<int>(_rest[8..]);
        Type = MemoryMarshal.Read<int>(_rest[12..]);
        Data = _rest[HeaderSize..length];
        _rest = _rest[Math.Min((length + 7) & ~7, _rest.Length)..];
        return true;
    }
}

/// <summary>The address that a datagram was sent to, or is to be sent from: IP_PKTINFO and IPV6_PKTINFO.</summary>
public static class PacketInfo
{
    /// <summary>Octets of control buffer that <see cref="Write"/> may use.</summary>
    public const int MaxSize = 40;

    private const int V4Size = 32;
    private const int V4Length = 28;
    private const int V6Length = 36;

    /// <summary>Takes our address from a received control message; for a link-local one the interface too.</summary>
    /// <returns>false: the message is of another kind.</returns>
    public static bool TryRead(in ControlReader message, out IpAddress address, out uint link)
    {
        (address, link) = (default, 0);
        if (message.Level == SocketConstants.IpProtoIp && message.Type == SocketConstants.IpPktInfo)
        {
            // ipi_spec_dst: what to answer from, also when the datagram was broadcast.
            address = IpAddress.FromOctets(message.Data.Slice(4, 4));
            return true;
        }

        if (message.Level == SocketConstants.IpProtoIpv6 && message.Type == SocketConstants.Ipv6PktInfo)
        {
            address = IpAddress.FromOctets(message.Data[..16]);
            link = IsLinkLocal(message.Data) ? MemoryMarshal.Read<uint>(message.Data[16..]) : 0;
            return true;
        }

        return false;
    }

    /// <summary>Writes a control message that makes a datagram leave from an address; returns its size.</summary>
    public static int Write(Span<byte> control, in IpEndpoint from)
    {
        control[..MaxSize].Clear();
        var isV4 = from.Address.IsV4;
        MemoryMarshal.Write(control, (long)(isV4 ? V4Length : V6Length));
        MemoryMarshal.Write(control[8..], isV4 ? SocketConstants.IpProtoIp : SocketConstants.IpProtoIpv6);
        MemoryMarshal.Write(control[12..], isV4 ? SocketConstants.IpPktInfo : SocketConstants.Ipv6PktInfo);
        from.Address.WriteOctets(control[(isV4 ? 20 : 16)..]);
        if (isV4)
        {
            return V4Size;
        }

        MemoryMarshal.Write(control[32..], from.Scope);
        return MaxSize;
    }

    private static bool IsLinkLocal(ReadOnlySpan<byte> octets) => octets[0] == 0xFE && (octets[1] & 0xC0) == 0x80;
}

/// <summary>struct sock_extended_err: what IP_RECVERR queues.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct ExtendedError
{
    public const byte FromIcmp = 2;
    public const byte FromIcmp6 = 3;

    public readonly uint Errno;

    /// <summary>Who says so: this host, ICMP or ICMPv6.</summary>
    public readonly byte Origin;

    /// <summary>ICMP type.</summary>
    public readonly byte Type;

    /// <summary>ICMP code.</summary>
    public readonly byte Code;

    private readonly byte _pad;
    private readonly uint _info;
    private readonly uint _data;

    /// <summary>Takes the error from a control message of the error queue.</summary>
    /// <returns>false: the message is of another kind.</returns>
    public static bool TryRead(in ControlReader message, out ExtendedError error)
    {
        var isError = (message.Level == SocketConstants.IpProtoIp && message.Type == SocketConstants.IpRecvErr) ||
            (message.Level == SocketConstants.IpProtoIpv6 && message.Type == SocketConstants.Ipv6RecvErr);
        error = isError ? MemoryMarshal.Read<ExtendedError>(message.Data) : default;
        return isError;
    }
}
