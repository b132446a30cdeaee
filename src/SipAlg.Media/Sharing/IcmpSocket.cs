using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Sharing;

/// <summary>
/// ICMP errors, as they come to this host. A socket that many ports share is not told which of them an error is for: the datagram that it quotes tells.
/// </summary>
internal sealed unsafe class IcmpSocket : IDisposable
{
    /// <summary>The longest IPv4 header, ICMP's, and as much again of the datagram.</summary>
    private const int MostOctets = 60 + IcmpOctets + 60 + PortOctets;
    private const int IcmpOctets = 8;
    private const int PortOctets = 2;
    private const int OctetsV6 = 40;

    /// <summary>Types whose bit is 0 are taken: destination unreachable, time exceeded, parameter problem (RFC 792).</summary>
    private const uint FilterV4 = ~((1u << 3) | (1u << 11) | (1u << 12));

    /// <summary>The first word of eight: all errors (RFC 4443 §2.1).</summary>
    private const uint FilterV6 = ~0b11110u;

    private readonly bool _isV4;
    private readonly byte* _buffer = (byte*)NativeMemory.AlignedAlloc(MostOctets, 8);

    private IcmpSocket(int descriptor, bool isV4) => (Descriptor, _isV4) = (descriptor, isV4);

    public int Descriptor { get; }

    /// <summary>Null where the host does not speak the family.</summary>
    public static IcmpSocket? TryOpen(bool isV4)
    {
        var descriptor = LibC.Socket(isV4 ? SocketConstants.AfInet : SocketConstants.AfInet6,
            SocketConstants.SockRaw | SocketConstants.SockNonBlock | SocketConstants.SockCloExec, isV4 ? SocketConstants.IpProtoIcmp : SocketConstants.IpProtoIcmpV6);
        if (descriptor < 0)
        {
            return null;
        }

        var filter = stackalloc uint[8] { isV4 ? FilterV4 : FilterV6, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u };
        _ = LibC.SetSockOpt(descriptor, isV4 ? SocketConstants.SolRaw : SocketConstants.IpProtoIcmpV6, SocketConstants.IcmpFilter, filter, isV4 ? sizeof(uint) : 8u * sizeof(uint));
        return new IcmpSocket(descriptor, isV4);
    }

    /// <summary>Takes the next error.</summary>
    /// <param name="sender">Where the datagram that it is about came from; none if that was not UDP.</param>
    /// <returns>false: none waits.</returns>
    public bool TryTake(out IpEndpoint sender)
    {
        var received = (int)LibC.RecvFrom(Descriptor, _buffer, MostOctets, SocketConstants.MsgDontWait, null, null);
        sender = received > 0 ? SenderIn(new ReadOnlySpan<byte>(_buffer, received), _isV4) : default;
        return received >= 0;
    }

    /// <param name="error">With its IP header over IPv4, without over IPv6 (raw(7)).</param>
    /// <param name="isV4">Of which family.</param>
    internal static IpEndpoint SenderIn(ReadOnlySpan<byte> error, bool isV4)
    {
        var quoted = (isV4 ? HeaderOf(error) : 0) + IcmpOctets;
        var udp = quoted + (isV4 ? quoted < error.Length ? HeaderOf(error[quoted..]) : 0 : OctetsV6);
        if (error.Length < udp + PortOctets || error[quoted + (isV4 ? 9 : 6)] != SocketConstants.IpProtoUdp)
        {
            return default;
        }

        return new IpEndpoint(IpAddress.FromOctets(isV4 ? error.Slice(quoted + 12, 4) : error.Slice(quoted + 8, 16)), BinaryPrimitives.ReadUInt16BigEndian(error[udp..]));
    }

    public void Dispose()
    {
        _ = LibC.Close(Descriptor);
        NativeMemory.AlignedFree(_buffer);
    }

    private static int HeaderOf(ReadOnlySpan<byte> ip) => Math.Max(20, 4 * (ip[0] & 0x0F));
}
