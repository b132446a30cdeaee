using System.Net.Sockets;

namespace SipAlg.Signaling.Transports;

/// <summary>What may go wrong on a connection through no fault of the program's.</summary>
internal static class StreamFaults
{
    private const int ProtocolTcp = 6;
    private const int UserTimeout = 18;

    /// <summary>Seconds.</summary>
    private const int ProbeInterval = 20;

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

    /// <summary>
    /// Sets TCP_USER_TIMEOUT: a far side that is gone without a word would otherwise take messages for a quarter of an hour.
    /// </summary>
    public static void GiveUpAfter(Socket socket, TimeSpan unacknowledged) =>
        socket.SetRawSocketOption(ProtocolTcp, UserTimeout, BitConverter.GetBytes((int)unacknowledged.TotalMilliseconds));

    /// <summary>
    /// Has the kernel ask a far side that is silent whether it is there: one that is gone without a word, as a phone whose power is cut, is
    /// known for gone (with TCP_USER_TIMEOUT at the second question) before somebody calls it by this connection.
    /// </summary>
    /// <param name="silence">Before the first question.</param>
    public static void AskAfter(Socket socket, TimeSpan silence)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)silence.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeInterval);
    }

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
