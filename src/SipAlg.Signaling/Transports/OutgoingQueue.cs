using System.Buffers;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// Messages on their way from any lane to one connection's writer, without locks. Whoever adds to a queue that nobody writes
/// becomes responsible for starting the writer.
/// </summary>
/// <param name="limit">Octets that may wait.</param>
internal sealed class OutgoingQueue(int limit)
{
    private Chunk? _newest;
    private int _unsent;
    private int _writing = 1;
    private TaskCompletionSource? _drained;

    /// <summary>A message in a pooled buffer.</summary>
    public sealed class Chunk(byte[] buffer, int length)
    {
        public Chunk? Next { get; set; }

        public ReadOnlyMemory<byte> Octets => buffer.AsMemory(0, length);

        public void Release() => ArrayPool<byte>.Shared.Return(buffer);
    }

    public int Unsent => Volatile.Read(ref _unsent);

    /// <returns>false: too much waits already; nothing was added.</returns>
    public bool TryAdd(ReadOnlySpan<byte> message)
    {
        if (Interlocked.Add(ref _unsent, message.Length) > limit)
        {
            Interlocked.Add(ref _unsent, -message.Length);
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(buffer);
        Push(new Chunk(buffer, message.Length));
        return true;
    }

    /// <summary>Takes the writer's part. A new queue is taken: its connection is not open yet.</summary>
    /// <returns>false: somebody writes.</returns>
    public bool TryBeginWriting() => Interlocked.CompareExchange(ref _writing, 1, 0) == 0;

    /// <summary>Gives the writer's part back.</summary>
    /// <returns>false: something came meanwhile, and this writer goes on.</returns>
    public bool TryEndWriting()
    {
        Interlocked.Exchange(ref _writing, 0);
        if (Volatile.Read(ref _newest) is not null)
        {
            return !TryBeginWriting();
        }

        if (Unsent == 0)
        {
            Volatile.Read(ref _drained)?.TrySetResult();
        }

        return true;
    }

    /// <summary>Takes all that waits, oldest first. The writer only.</summary>
    public Chunk? TakeAll()
    {
        var newest = Interlocked.Exchange(ref _newest, null);
        Chunk? oldest = null;
        while (newest is not null)
        {
            (newest.Next, oldest, newest) = (oldest, newest, newest.Next);
        }

        return oldest;
    }

    /// <summary>Notes that a message is with the kernel. The writer only.</summary>
    public void Settle(Chunk chunk)
    {
        Interlocked.Add(ref _unsent, -chunk.Octets.Length);
        chunk.Release();
    }

    /// <summary>Nothing will be written any more; what waits is left to the collector.</summary>
    public void Abandon()
    {
        Interlocked.Exchange(ref _unsent, 0);
        Volatile.Read(ref _drained)?.TrySetResult();
    }

    /// <summary>Completes when all that was added is settled or abandoned.</summary>
    public Task DrainAsync()
    {
        Interlocked.CompareExchange(ref _drained, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
        return Unsent == 0 ? Task.CompletedTask : _drained!.Task;
    }

    private void Push(Chunk chunk)
    {
        var seen = Volatile.Read(ref _newest);
        while (true)
        {
            chunk.Next = seen;
            var before = Interlocked.CompareExchange(ref _newest, chunk, seen);
            if (ReferenceEquals(before, seen))
            {
                return;
            }

            seen = before;
        }
    }
}
