using System.Runtime.InteropServices;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Linux.Netlink;

/// <summary>How packets to an address leave this host.</summary>
/// <param name="Interface">Index of the interface; that of loopback when the address is this host's own.</param>
/// <param name="Source">The address that the system would send from.</param>
/// <param name="IsLocal">The address is this host's own.</param>
/// <param name="Mtu">The largest packet that the route says it carries; 0: the interface's.</param>
/// <param name="NextHop">The neighbour that they are handed to: a router, or the destination itself. An IPv4 destination may have an IPv6 router (RFC 5549).</param>
public readonly record struct Route(int Interface, IpAddress Source, bool IsLocal, int Mtu, IpAddress NextHop);

/// <summary>Asks the system for routes. For one thread.</summary>
public sealed class Routes : IDisposable
{
    private const ushort Destination = 1;
    private const ushort SourceAddress = 2;
    private const ushort OutInterface = 4;
    private const ushort Gateway = 5;
    private const ushort PreferredSource = 7;
    private const ushort Metrics = 8;
    private const ushort Via = 18;

    /// <summary>Of struct rtvia, before the address.</summary>
    private const int ViaFamilyOctets = 2;
    private const int MetricMtu = 2;
    private const byte Unicast = 1;
    private const byte Local = 2;

    private readonly NetlinkSocket _socket = new();

    /// <summary>The route to an address; none (null) when there is no way, or when it is not one host's address.</summary>
    /// <param name="destination">Of one host.</param>
    /// <param name="source">Bound to it; none or unspecified: the system chooses.</param>
    public Route? Find(IpAddress destination, IpAddress source)
    {
        Span<byte> octets = stackalloc byte[16];
        var request = _socket.Request(NetlinkType.GetRoute, NetlinkFlags.None);
        var family = (byte)(destination.IsV4 ? SocketConstants.AfInet : SocketConstants.AfInet6);
        var hasSource = !source.IsNone && !source.IsUnspecified;
        var bits = (byte)(destination.IsV4 ? 32 : 128);
        request.Body(new RouteMessage { Family = family, DestinationBits = bits, SourceBits = hasSource ? bits : (byte)0 });
        request.Attribute(Destination, octets[..destination.WriteOctets(octets)]);
        if (hasSource)
        {
            request.Attribute(SourceAddress, octets[..source.WriteOctets(octets)]);
        }

        return _socket.Send(request) == 0 ? Read(destination, hasSource ? source : default) : null;
    }

    public void Dispose() => _socket.Dispose();

    private Route? Read(IpAddress destination, IpAddress source)
    {
        var answer = _socket.Receive();
        if (!answer.Next() || answer.Type != NetlinkType.NewRoute || answer.Body.Length < RouteMessage.Octets)
        {
            return null;
        }

        var message = MemoryMarshal.Read<RouteMessage>(answer.Body);
        var route = new Route(0, source, message.Type == Local, 0, destination);
        for (var attributes = new AttributeReader(answer.Body[RouteMessage.Octets..]); attributes.Next();)
        {
            route = attributes.Type switch
            {
                OutInterface => route with { Interface = (int)attributes.Number },
                Gateway => route with { NextHop = IpAddress.FromOctets(attributes.Value) },
                Via => route with { NextHop = IpAddress.FromOctets(attributes.Value[ViaFamilyOctets..]) },
                PreferredSource when source.IsNone => route with { Source = IpAddress.FromOctets(attributes.Value) },
                Metrics => route with { Mtu = MtuOf(attributes.Value) },
                _ => route,
            };
        }

        return message.Type is Unicast or Local && route.Interface != 0 ? route : null;
    }

    private static int MtuOf(ReadOnlySpan<byte> metrics)
    {
        for (var metric = new AttributeReader(metrics); metric.Next();)
        {
            if (metric.Type == MetricMtu)
            {
                return (int)metric.Number;
            }
        }

        return 0;
    }

    /// <summary>struct rtmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RouteMessage
    {
        public const int Octets = 12;
        public byte Family;
        public byte DestinationBits;
        public byte SourceBits;
        public byte TypeOfService;
        public byte Table;
        public byte Protocol;
        public byte Scope;
        public byte Type;
        public uint Flags;
    }
}
