using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

public sealed class LaneWindowTests
{
    [Fact]
    public async Task Holds_the_reader_until_half_the_messages_are_done()
    {
        var window = new LaneWindow(32);
        for (var message = 0; message < 32; message++)
        {
            Assert.True(window.EnterAsync().AsTask().IsCompleted);
        }

        var next = window.EnterAsync().AsTask();
        for (var message = 0; message < 15; message++)
        {
            window.Leave();
        }

        Assert.False(next.IsCompleted);
        window.Leave();
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(17, window.Waiting);
    }

    [Fact]
    public async Task Lets_the_reader_go_when_the_connection_closes()
    {
        var window = new LaneWindow(1);
        Assert.True(await window.EnterAsync());
        var next = window.EnterAsync().AsTask();
        Assert.False(next.IsCompleted);
        window.Close();
        Assert.False(await next.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Never_leaves_the_reader_behind()
    {
        var window = new LaneWindow(2);
        var highest = 0;
        const int messages = 100_000;
        var lane = new Thread(() =>
        {
            for (var left = 0; left < messages;)
            {
                highest = Math.Max(highest, window.Waiting);
                if (window.Waiting > 0)
                {
                    window.Leave();
                    left++;
                }
            }
        });
        lane.Start();
        for (var message = 0; message < messages; message++)
        {
            Assert.True(await window.EnterAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        }

        lane.Join();
        Assert.Equal(0, window.Waiting);
        Assert.InRange(highest, 1, 2);
    }
}
