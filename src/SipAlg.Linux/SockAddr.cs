using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Linux;

/// <summary>struct sockaddr_in or sockaddr_in6, 28 octets; comparing two is comparing their octets.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct SockAddr
{
    public const int Size = 28;
    private const int V4Length = 16;

    /// <summary>AF_INET or AF_INET6.</summary>
    public ushort Family;

    /// <summary>Network order.</summary>
    public ushort PortRaw;

    /// <summary>IPv4: the address, then zeros. IPv6: flow label, address, scope.</summary>
    public fixed byte Rest[24];

    /// <summary>The length that the kernel wants for this family.</summary>
    public readonly uint Length => Family == SocketConstants.AfInet ? V4Length : (uint)Size;

    public static SockAddr From(IpEndpoint endpoint)
    {
        SockAddr result = default;
        result.PortRaw = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(endpoint.Port) : endpoint.Port;
        var rest = new Span<byte>(result.Rest, 24);
        rest.Clear();
        if (endpoint.Address.IsV4)
        {
            result.Family = SocketConstants.AfInet;
            endpoint.Address.WriteOctets(rest);
        }
        else
        {
            result.Family = SocketConstants.AfInet6;
            endpoint.Address.WriteOctets(rest[4..]);
            MemoryMarshal.Write(rest[20..], endpoint.Scope);
        }

        return result;
    }

    /// <summary>No address at all, the default value.</summary>
    public readonly bool IsNone => Family == 0;

    /// <summary>
    /// Whether both name the same address and port. The octets behind an IPv4 address do not count: the kernel writes
    /// 16 octets for IPv4 and leaves what a receive buffer held behind them.
    /// </summary>
    public readonly bool SameAs(in SockAddr other)
    {
        fixed (ushort* own = &Family)
        fixed (ushort* others = &other.Family)
        {
            var a = (ulong*)own;
            var b = (ulong*)others;
            return a[0] == b[0] && (Family == SocketConstants.AfInet ||
                (a[1] == b[1] && a[2] == b[2] && ((uint*)own)[6] == ((uint*)others)[6]));
        }
    }

    /// <summary>Writes the 4 or 16 octets of the address, in network order.</summary>
    public readonly void WriteAddress(Span<byte> destination)
    {
        fixed (byte* rest = Rest)
        {
            (Family == SocketConstants.AfInet ? new ReadOnlySpan<byte>(rest, 4) : new ReadOnlySpan<byte>(rest + 4, 16)).CopyTo(destination);
        }
    }

    public readonly IpEndpoint ToEndpoint()
    {
        var port = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(PortRaw) : PortRaw;
        fixed (byte* rest = Rest)
        {
            return Family == SocketConstants.AfInet
                ? new IpEndpoint(IpAddress.FromOctets(new ReadOnlySpan<byte>(rest, 4)), port)
                : new IpEndpoint(IpAddress.FromOctets(new ReadOnlySpan<byte>(rest + 4, 16)), port, *(uint*)(rest + 20));
        }
    }
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct IoVec
{
    public void* Base;
    public nuint Length;
}

/// <summary>struct msghdr, 56 octets on 64-bit systems. Reset NameLength and ControlLength before every receive.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct MsgHdr
{
    public SockAddr* Name;
    public uint NameLength;
    public IoVec* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>struct mmsghdr: a message of many, and how many octets it has.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MMsgHdr
{
    public MsgHdr Message;
    public uint Octets;
}
