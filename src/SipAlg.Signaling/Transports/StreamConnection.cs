using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Tls;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// One connection, shared by all lanes: a read loop on the pool that posts whole messages, a queue that lanes add to, and a
/// writer that runs while there is something in it. Closing is asked for by anyone, once, and done by the read loop.
/// </summary>
internal sealed class StreamConnection : IThreadPoolWorkItem
{
    private const int Open = -1;

    /// <summary>What the kernel may hold of what the far side does not read, so that <see cref="StreamOptions.MaxUnsentBytes"/> is about the bound.</summary>
    private const int KernelSendBuffer = 64 * 1024;

    private readonly StreamTransport _transport;
    private readonly OutgoingQueue _outgoing;
    private readonly StreamDeadlines _deadlines;
    private readonly StreamPatience _patience;
    private readonly StreamReader _reader;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _socket;
    private IpEndpoint _local;
    private Stream? _stream;
    private int _closeReason = Open;

    /// <param name="flow">With the connection's number; of one that is to be opened as the send wanted it.</param>
    /// <param name="home">The lane that opened it, or that takes messages which name no lane.</param>
    public StreamConnection(StreamTransport transport, in Flow flow, int home, bool accepted)
    {
        (_transport, Flow, Home, IsAccepted) = (transport, flow, home, accepted);
        (Number, Listener, Remote) = (flow.Connection, flow.Listener, flow.Remote);
        _outgoing = new OutgoingQueue(transport.Options.MaxUnsentBytes);
        _deadlines = new StreamDeadlines(transport.Time, transport.Options, accepted);
        _patience = new StreamPatience(transport.Time, transport.Options);
        Window = new LaneWindow(transport.Options.MaxWaitingMessages);
        _reader = new StreamReader(this, transport, _deadlines);
    }

    /// <summary>Of an opened connection what the send wanted, until it stands; then with the local address that the system chose.</summary>
    public Flow Flow { get; private set; }

    public ulong Number { get; }

    public int Listener { get; }

    public IpEndpoint Remote { get; }

    public int Home { get; }

    public bool IsAccepted { get; }

    public LaneWindow Window { get; }

    /// <summary>The far side has sent anything.</summary>
    public bool HasReceived { get; set; }

    public bool IsClosing => Volatile.Read(ref _closeReason) != Open;

    /// <summary>Octets that wait for the kernel to take them.</summary>
    public int Unsent => _outgoing.Unsent;

    /// <summary>Completes when the connection is gone and its end is told.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Copies a message into the queue; from lanes and the read loop. Never waits.</summary>
    public SendResult Send(ReadOnlySpan<byte> message)
    {
        if (IsClosing)
        {
            return SendResult.Closed;
        }

        if (!_outgoing.TryAdd(message))
        {
            Close(CloseReason.SlowReader);
            return SendResult.Closed;
        }

        if (_outgoing.TryBeginWriting())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return Volatile.Read(ref _stream) is null ? SendResult.Connecting : SendResult.Queued;
    }

    /// <summary>Asks for the end, from any thread; the first reason stays. One that is still connecting ends when that is decided.</summary>
    public void Close(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, (int)reason, Open) == Open)
        {
            Window.Close();
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Shut(), this, preferLocal: false);
        }
    }

    /// <summary>Silence does not close it for this time.</summary>
    public void Hold(TimeSpan time) => _deadlines.Hold(time);

    /// <summary>Closes the connection if one of its times is up.</summary>
    public void Sweep()
    {
        _patience.Sweep();
        if (Volatile.Read(ref _stream) is not null && _deadlines.Overdue() is { } reason)
        {
            Close(reason);
        }
    }

    /// <summary>Completes when all that was sent is with the kernel, or lost.</summary>
    public Task DrainAsync() => _outgoing.DrainAsync();

    /// <summary>Takes over a socket that is connected, which ends with the connection from now on.</summary>
    /// <param name="socket">Connected, or until just now.</param>
    /// <param name="stream">What crosses it.</param>
    /// <returns>false: the far side is gone already, or nobody wants it any more; the socket is closed.</returns>
    public bool TryTake(Socket socket, [NotNullWhen(true)] out NetworkStream? stream)
    {
        stream = null;
        try
        {
            socket.NoDelay = true;
            socket.SendBufferSize = KernelSendBuffer;
            _patience.Take(socket);
            _local = Endpoints.FromManaged(socket.LocalEndPoint);
            stream = new NetworkStream(socket, ownsSocket: true);
            Volatile.Write(ref _socket, socket);
            if (!IsClosing)
            {
                return true;
            }
        }
        catch (Exception fault) when (StreamFaults.IsExpected(fault))
        {
            // Closed below, like one that is not wanted.
        }

        socket.Dispose();
        return false;
    }

    /// <summary>It stands. Messages queued meanwhile are written by <see cref="RunAsync"/>.</summary>
    /// <param name="stream">Over the socket, which it owns.</param>
    /// <param name="far">Who is at the far end.</param>
    /// <param name="listenerPort">Where we are reached.</param>
    public void Establish(Stream stream, ushort far, ushort listenerPort)
    {
        Flow = new Flow(Flow.Transport, Listener, _local.WithPort(listenerPort), Remote, Number, far);
        _deadlines.Touch();
        Volatile.Write(ref _stream, stream);
    }

    /// <summary>Reads until the end, whoever causes it.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<CloseReason> RunAsync()
    {
        ((IThreadPoolWorkItem)this).Execute();
        Close(await ReadAsync());
        Shut();
        Abandon();
        return (CloseReason)_closeReason;
    }

    /// <summary>Nothing will be sent any more.</summary>
    public void Abandon() => _outgoing.Abandon();

    /// <summary>The end is told.</summary>
    public void End() => _ended.TrySetResult();

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync(_stream!);

    private async Task<CloseReason> ReadAsync()
    {
        try
        {
            return IsClosing ? CloseReason.Local : await _reader.ReadAsync(_stream!);
        }
        catch (Exception fault)
        {
            _transport.ReportUnexpected(Home, fault);
            return CloseReason.Fault;
        }
    }

    private async Task WriteAsync(Stream stream)
    {
        try
        {
            do
            {
                _patience.Writing();
                for (var chunk = _outgoing.TakeAll(); chunk is not null; chunk = chunk.Next)
                {
                    await stream.WriteAsync(chunk.Octets);
                    _outgoing.Settle(chunk);
                    _deadlines.Touch();
                }

                _patience.Written();
            }
            while (!_outgoing.TryEndWriting());
        }
        catch (Exception fault)
        {
            _transport.ReportUnexpected(Home, fault);
            Close(TlsFaults.IsAlert(fault) ? CloseReason.TlsRefused : StreamFaults.IsExpected(fault) ? CloseReason.NetworkError : CloseReason.Fault);
        }
    }

    /// <summary>Ends the socket, which ends the loops that wait on it. What the far side does not take is thrown away.</summary>
    private void Shut()
    {
        if (Volatile.Read(ref _stream) is not { } stream)
        {
            // A handshake that is under way ends with its socket.
            Volatile.Read(ref _socket)?.Dispose();
            return;
        }

        if ((CloseReason)_closeReason is not (CloseReason.Remote or CloseReason.Local or CloseReason.Stopping))
        {
            StreamFaults.Abort(_socket!);
        }

        stream.Dispose();
    }
}
