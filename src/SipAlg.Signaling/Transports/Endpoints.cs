using System.Net;
using System.Net.Sockets;
using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>Between our address values and those of the managed sockets.</summary>
internal static class Endpoints
{
    public static IPEndPoint ToManaged(in IpEndpoint endpoint)
    {
        Span<byte> octets = stackalloc byte[16];
        var length = endpoint.Address.WriteOctets(octets);
        var address = length == 4 ? new IPAddress(octets[..4]) : new IPAddress(octets, endpoint.Scope);
        return new IPEndPoint(address, endpoint.Port);
    }

    public static IpEndpoint FromManaged(EndPoint? endpoint)
    {
        if (endpoint is not IPEndPoint ip)
        {
            return default;
        }

        Span<byte> octets = stackalloc byte[16];
        ip.Address.TryWriteBytes(octets, out var length);
        var scope = ip.Address.AddressFamily == AddressFamily.InterNetworkV6 ? (uint)ip.Address.ScopeId : 0;
        return new IpEndpoint(IpAddress.FromOctets(octets[..length]), (ushort)ip.Port, scope);
    }

    /// <summary>The far side of a connected socket; "none" when it is gone already.</summary>
    public static IpEndpoint RemoteOf(Socket socket)
    {
        try
        {
            return FromManaged(socket.RemoteEndPoint);
        }
        catch (SocketException)
        {
            return default;
        }
    }

    public static Socket NewStreamSocket(in IpAddress address)
    {
        var socket = new Socket(address.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        if (address.IsV6)
        {
            socket.DualMode = false;
        }

        return socket;
    }

    /// <summary>Closes a socket whose descriptor is one of the last.</summary>
    /// <exception cref="SocketException">It is, as if the system had refused it.</exception>
    public static void LeaveReserve(Socket socket)
    {
        if (DescriptorReserve.Holds((int)socket.Handle))
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TooManyOpenSockets);
        }
    }
}
