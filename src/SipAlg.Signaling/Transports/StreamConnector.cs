using System.Net.Sockets;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>Connects sockets.</summary>
internal static class StreamConnector
{
    /// <param name="listener">The listener's address; the connection leaves from it unless it is a wildcard.</param>
    /// <returns>The socket, or null and the reason.</returns>
    public static async Task<(Socket? Socket, ConnectFailure Failure)> ConnectAsync(
        Flow flow, IpEndpoint listener, TimeSpan timeout, TimeProvider time)
    {
        Socket? socket = null;
        try
        {
            using var deadline = new CancellationTokenSource(timeout, time);
            socket = Endpoints.NewStreamSocket(flow.Remote.Address);
            Endpoints.LeaveReserve(socket);
            if (!listener.Address.IsUnspecified)
            {
                socket.Bind(Endpoints.ToManaged(listener.WithPort(0)));
            }

            await socket.ConnectAsync(Endpoints.ToManaged(flow.Remote), deadline.Token);
            return (socket, default);
        }
        catch (Exception fault) when (StreamFaults.IsExpected(fault))
        {
            socket?.Dispose();
            return (null, StreamFaults.Classify(fault));
        }
    }
}
