using System.Net.Sockets;

namespace SipAlg.Signaling.Transports;

/// <summary>What may go wrong on a connection through no fault of the program's.</summary>
internal static class StreamFaults
{
    /// <summary>The network's errors, and those of a socket that was closed while it was used.</summary>
    public static bool IsExpected(Exception fault) =>
        fault is IOException or SocketException or ObjectDisposedException or OperationCanceledException;

    public static ConnectFailure Classify(Exception fault) => fault switch
    {
        OperationCanceledException => ConnectFailure.Timeout,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset } => ConnectFailure.Refused,
        SocketException { SocketErrorCode: SocketError.TimedOut } => ConnectFailure.Timeout,
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown } =>
            ConnectFailure.Unreachable,
        _ => ConnectFailure.LocalError,
    };

    /// <summary>Makes the close that follows a reset, so that the kernel does not go on to serve a far side that does not read.</summary>
    public static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception fault) when (IsExpected(fault))
        {
            // Closed already: there is nothing left to abort.
        }
    }
}
