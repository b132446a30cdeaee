using System.Net.Sockets;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// How long the kernel waits for a far side that says nothing. Without TCP_USER_TIMEOUT one that is gone without a word would take messages
/// for a quarter of an hour. It also ends a connection whose far side has left a question of keep-alive without an answer: where it is shorter
/// than the silence before the first question, that one decides alone, and any packet may be lost (RFC 1122 §4.2.3.6). So it is short only
/// while octets are under way. Used from any thread.
/// </summary>
internal sealed class StreamPatience(TimeProvider time, StreamOptions options)
{
    private const int ProtocolTcp = 6;
    private const int UserTimeout = 18;
    private const int Questions = 3;
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private Socket? _socket;
    private long _lastWrite;
    private bool _isWriting;
    private bool _isPatient;

    /// <summary>
    /// Has the kernel ask a far side that is silent whether it is there: one that is gone without a word, as a phone whose power is cut, is
    /// known for gone before somebody calls it by this connection.
    /// </summary>
    public void Take(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)options.ProbeAfter.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)_interval.TotalSeconds);
        lock (_lock)
        {
            Wait(socket, options.UnacknowledgedTimeout);
            (_socket, _lastWrite) = (socket, time.GetTimestamp());
        }
    }

    /// <summary>Octets are about to be sent.</summary>
    /// <exception cref="SocketException">The connection is gone.</exception>
    public void Writing()
    {
        lock (_lock)
        {
            _isWriting = true;
            if (_isPatient)
            {
                Wait(_socket!, options.UnacknowledgedTimeout);
                _isPatient = false;
            }
        }
    }

    /// <summary>The kernel has them all.</summary>
    public void Written()
    {
        lock (_lock)
        {
            (_isWriting, _lastWrite) = (false, time.GetTimestamp());
        }
    }

    /// <summary>What was sent long ago is acknowledged, or the connection would be gone: from now on there are questions only.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            if (_isPatient || _isWriting || _socket is null || time.GetElapsedTime(_lastWrite) < 2 * options.UnacknowledgedTimeout)
            {
                return;
            }

            try
            {
                Wait(_socket, options.ProbeAfter + (Questions * _interval));
                _isPatient = true;
            }
            catch (Exception fault) when (StreamFaults.IsExpected(fault))
            {
                // It has just been closed.
            }
        }
    }

    private static void Wait(Socket socket, TimeSpan span) => socket.SetRawSocketOption(ProtocolTcp, UserTimeout, BitConverter.GetBytes((int)span.TotalMilliseconds));
}
