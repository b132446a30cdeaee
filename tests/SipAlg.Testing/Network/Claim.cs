using System.Net.Sockets;

namespace SipAlg.Testing.Network;

/// <summary>What only one test process of this machine may have at a time. The system takes it back when the process ends, however that ends.</summary>
public sealed class Claim : IDisposable
{
    private readonly Socket _socket;

    private Claim(Socket socket, string name) => (_socket, Name) = (socket, name);

    public string Name { get; }

    /// <summary>Null while somebody has it.</summary>
    public static Claim? TryTake(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            // A name that begins with 0 stands in no folder.
            socket.Bind(new UnixDomainSocketEndPoint($"\0sipalg-tests/{name}"));
            return new Claim(socket, name);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();
}
