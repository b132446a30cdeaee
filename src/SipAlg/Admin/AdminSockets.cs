using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Admin;

/// <summary>
/// The listening sockets of the admin server, bound before the web server sees them: it would put a stack trace into the log for an
/// address that is taken.
/// </summary>
internal sealed class AdminSockets : IDisposable
{
    private readonly List<(IPEndPoint Asked, Socket Socket)> _bound = [];

    /// <exception cref="AdminListenerException">The system refuses the address.</exception>
    public IPEndPoint Bind(IpEndpoint address)
    {
        Span<byte> octets = stackalloc byte[16];
        var asked = new IPEndPoint(new IPAddress(octets[..address.Address.WriteOctets(octets)]), address.Port);
        try
        {
            _bound.Add((asked, SocketTransportOptions.CreateDefaultBoundListenSocket(asked)));
        }
        catch (SocketException fault)
        {
            Dispose();
            throw new AdminListenerException(address, fault);
        }

        return asked;
    }

    /// <summary>Hands a socket over to the web server.</summary>
    public Socket Take(EndPoint asked)
    {
        var index = _bound.FindIndex(entry => entry.Asked.Equals(asked));
        var socket = _bound[index].Socket;
        _bound.RemoveAt(index);
        return socket;
    }

    /// <summary>Closes what was not taken.</summary>
    public void Dispose()
    {
        _bound.ForEach(entry => entry.Socket.Dispose());
        _bound.Clear();
    }
}
