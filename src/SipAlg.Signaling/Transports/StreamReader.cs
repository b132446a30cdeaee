using SipAlg.Signaling.Tls;

namespace SipAlg.Signaling.Transports;

/// <summary>A connection's read loop: frames what comes and posts whole messages to the lanes that they belong to.</summary>
internal sealed class StreamReader(StreamConnection connection, StreamTransport transport, StreamDeadlines deadlines)
{
    private readonly StreamFramer _framer = new();
    private readonly StreamBuffer _received = new();

    /// <returns>Why reading ended.</returns>
    public async Task<CloseReason> ReadAsync(Stream stream)
    {
        try
        {
            while (true)
            {
                if (_received.IsEmpty)
                {
                    // Waits for octets without holding a buffer: most connections are silent most of the time.
                    _ = await stream.ReadAsync(Memory<byte>.Empty);
                }

                var count = await stream.ReadAsync(_received.Room());
                if (count == 0)
                {
                    return CloseReason.Remote;
                }

                connection.HasReceived = true;
                _received.Received(count);
                deadlines.Touch();
                if (await DeliverAsync() is { } reason)
                {
                    return reason;
                }

                _received.Trim();
            }
        }
        catch (Exception fault) when (StreamFaults.IsExpected(fault))
        {
            return TlsFaults.IsAlert(fault) ? CloseReason.TlsRefused : CloseReason.NetworkError;
        }
        finally
        {
            _received.Release();
        }
    }

    /// <summary>Consumes all that is whole.</summary>
    /// <returns>Why the connection ends; null: it goes on.</returns>
    private async ValueTask<CloseReason?> DeliverAsync()
    {
        while (true)
        {
            var result = _framer.Next(_received.Unread, out var length);
            switch (result)
            {
                case FrameResult.Incomplete:
                    NoteIncomplete();
                    return null;
                case FrameResult.Message:
                    deadlines.MessageDone();
                    if (!await connection.Window.EnterAsync())
                    {
                        return CloseReason.Local;
                    }

                    transport.Deliver(connection, _received.Unread[..length]);
                    break;
                case FrameResult.Blank:
                    break;
                case FrameResult.Ping:
                    transport.CountersOf(connection.Listener).CountPing();
                    _ = connection.Send("\r\n"u8);
                    break;
                default:
                    transport.CountersOf(connection.Listener).Count(result);
                    return CloseReason.Unframed;
            }

            _received.Consume(length);
        }
    }

    private void NoteIncomplete()
    {
        if (_framer.InMessage)
        {
            deadlines.MessageBegun();
        }
    }
}
