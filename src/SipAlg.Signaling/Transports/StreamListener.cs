using System.Net.Sockets;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>Accepts connections on one address.</summary>
internal sealed class StreamListener : IDisposable
{
    private const int Backlog = 512;

    /// <summary>Between attempts while the system lacks descriptors, which would fail at once and at length.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly ListenerOptions _options;
    private readonly int _index;
    private readonly StreamTransport _transport;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;

    /// <exception cref="ListenerException">The system refuses the address.</exception>
    public StreamListener(ListenerOptions options, int index, StreamTransport transport)
    {
        (_options, _index, _transport) = (options, index, transport);
        try
        {
            _socket = Endpoints.NewStreamSocket(options.Address.Address);
            _socket.Bind(Endpoints.ToManaged(options.Address));
            _socket.Listen(Backlog);
        }
        catch (SocketException fault)
        {
            _socket?.Dispose();
            throw new ListenerException(options, fault.NativeErrorCode);
        }
    }

    /// <summary>The address bound to, with the port that the system chose for port 0.</summary>
    public IpEndpoint Bound => Endpoints.FromManaged(_socket.LocalEndPoint);

    public void Start() => _ = AcceptAsync(_stopping.Token);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        _stopping.Cancel();
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(stopping);
                Endpoints.LeaveReserve(socket);
                _transport.Accept(socket, _options, _index);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                _transport.CountersOf(_index).Count(AcceptRefusal.System);
                _transport.ReportUnexpected(0, fault);
                await Task.Delay(RetryAfter, _transport.Time, CancellationToken.None);
            }
        }
    }
}
