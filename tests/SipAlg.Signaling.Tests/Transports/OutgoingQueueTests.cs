using System.Text;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

public sealed class OutgoingQueueTests
{
    private readonly OutgoingQueue _queue = new(limit: 10);

    [Fact]
    public void Gives_messages_back_in_their_order_and_counts_them()
    {
        Assert.True(_queue.TryAdd("one"u8));
        Assert.True(_queue.TryAdd("three"u8));
        Assert.Equal(8, _queue.Unsent);

        Assert.Equal(["one", "three"], Write());
        Assert.Equal(0, _queue.Unsent);
    }

    [Fact]
    public void Refuses_what_passes_its_limit_and_only_that()
    {
        Assert.True(_queue.TryAdd("12345678"u8));
        Assert.False(_queue.TryAdd("123"u8));
        Assert.True(_queue.TryAdd("12"u8));
    }

    [Fact]
    public void A_message_added_while_the_writer_ends_is_the_writers()
    {
        Assert.True(_queue.TryAdd("one"u8));
        Write();
        Assert.True(_queue.TryAdd("two"u8));
        Assert.False(_queue.TryBeginWriting());

        Assert.False(_queue.TryEndWriting());
        Assert.Equal(["two"], Write());
        Assert.True(_queue.TryEndWriting());
        Assert.True(_queue.TryBeginWriting());
    }

    [Fact]
    public void Is_drained_when_all_is_written_or_given_up()
    {
        Assert.True(_queue.DrainAsync().IsCompleted);
        _queue.TryAdd("one"u8);
        var drained = _queue.DrainAsync();
        Assert.False(drained.IsCompleted);
        Write();
        Assert.True(_queue.TryEndWriting());
        Assert.True(drained.IsCompleted);

        var lost = new OutgoingQueue(limit: 10);
        lost.TryAdd("two"u8);
        drained = lost.DrainAsync();
        lost.Abandon();
        Assert.True(drained.IsCompleted);
    }

    private List<string> Write()
    {
        var written = new List<string>();
        for (var chunk = _queue.TakeAll(); chunk is not null; chunk = chunk.Next)
        {
            written.Add(Encoding.ASCII.GetString(chunk.Octets.Span));
            _queue.Settle(chunk);
        }

        return written;
    }
}
