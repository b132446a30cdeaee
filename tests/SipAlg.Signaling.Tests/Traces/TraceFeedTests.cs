using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transports;
using SipAlg.Testing;

namespace SipAlg.Signaling.Tests.Traces;

/// <summary>A reader that goes after the lane: everything in its order, and what it was too slow for is counted.</summary>
public sealed class TraceFeedTests
{
    private static readonly Flow Way = new(Transport.Udp, 0, IpEndpoint.Parse("192.0.2.1:5060"), IpEndpoint.Parse("203.0.113.5:5062"));

    private readonly MessageTrace _trace = new(MessageTrace.Least, TimeProvider.System);
    private readonly byte[] _room = new byte[SipLimits.Message];

    private static ulong Call(ulong number) => MessageTrace.OfCall(number << 2);

    private static byte[] Message(string text) => Encoding.UTF8.GetBytes($"OPTIONS {text} SIP/2.0\r\n");

    private List<(string Text, FedMessage Message)> Take(TraceFeed feed)
    {
        List<(string, FedMessage)> taken = [];
        while (feed.TryNext(_room, out var message))
        {
            taken.Add((Encoding.UTF8.GetString(_room.AsSpan(0, message.Length)).Split(' ')[1], message));
        }

        return taken;
    }

    [Fact]
    public void Messages_of_calls_and_strangers_come_in_their_order_and_once()
    {
        _trace.Received(Call(1), Way, Message("before"));
        var feed = _trace.Feed();
        _trace.Begin(Call(1), call: 77);
        _trace.Received(Call(1), Way, Message("one"));
        _trace.Received(MessageTrace.OfStranger(Call(2)), Way, Message("stranger"));
        _trace.Sent(Call(1), Way, Message("two"), isOnItsWay: true);
        _trace.Sent(Call(1), Way, Message("lost"), isOnItsWay: false);
        var first = Take(feed);
        _trace.End(Call(1), isKept: true);
        _trace.Received(Call(1), Way, Message("late"));

        Assert.Equal(["one", "stranger", "two", "lost"], first.Select(message => message.Text));
        Assert.Equal([77UL, 0, 77, 77], first.Select(message => message.Message.Call));
        Assert.Equal([true, true, false, false], first.Select(message => message.Message.IsReceived));
        Assert.Equal([false, false, false, true], first.Select(message => message.Message.IsUnsent));
        Assert.All(first, message => Assert.Equal(Way, message.Message.Flow));
        Assert.Equal(["late"], Take(feed).Select(message => message.Text));
        Assert.Empty(Take(feed));
        Assert.Equal(0, feed.Lost);
    }

    [Fact]
    public void Secrets_are_masked()
    {
        var feed = _trace.Feed();
        _trace.Received(Call(1), Way, "REGISTER sip:x SIP/2.0\r\nAuthorization: Digest response=\"abc\"\r\n"u8);

        Assert.True(feed.TryNext(_room, out var message));
        Assert.Contains("response=\"***\"", Encoding.UTF8.GetString(_room.AsSpan(0, message.Length)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_fell_out_before_it_was_read_is_counted()
    {
        var feed = _trace.Feed();
        var octets = new byte[2000];
        for (var round = 0; round < 10_000; round++)
        {
            _trace.Received(Call(1), Way, octets);
            _trace.Received(MessageTrace.OfStranger(Call(1)), Way, octets);
        }

        _trace.Received(Call(1), Way, Message("last"));
        var taken = 0;
        while (feed.TryNext(_room, out _))
        {
            taken++;
        }

        Assert.InRange(taken, 100, 19_999);
        Assert.Equal(20_001, taken + feed.Lost);
        _trace.Received(Call(1), Way, Message("next"));
        Assert.Equal(["next"], Take(feed).Select(message => message.Text));
        Assert.Equal(20_001, taken + feed.Lost);
    }

    /// <summary>Whatever the two do, each message is read whole, in its order, or counted as lost.</summary>
    [Fact]
    public void A_reader_beside_the_writer_misses_nothing_unnoticed()
    {
        const int Messages = 200_000;
        var feed = _trace.Feed();
        var isDone = false;
        long taken = 0, broken = 0, last = -1;
        var reader = new Thread(() =>
        {
            var isLast = false;
            while (true)
            {
                while (feed.TryNext(_room, out var message))
                {
                    var octets = _room.AsSpan(0, message.Length);
                    var number = BitConverter.ToInt32(octets[1..]);
                    broken += message.Length != 100 + (number % 1000) || octets[5..].ContainsAnyExcept((byte)number) || number <= last ? 1 : 0;
                    last = number;
                    taken++;
                }

                if (isLast)
                {
                    return;
                }

                isLast = Volatile.Read(ref isDone);
            }
        });
        reader.Start();
        var written = new byte[1100];
        for (var number = 0; number < Messages; number++)
        {
            var octets = written.AsSpan(0, 100 + (number % 1000));
            octets.Fill((byte)number);

            // Some numbers spell k=, which begins a secret where it begins a line.
            octets[0] = (byte)'#';
            BitConverter.TryWriteBytes(octets[1..], number);
            _trace.Received(number % 7 == 0 ? MessageTrace.OfStranger(Call(1)) : Call(1), Way, octets);
        }

        Volatile.Write(ref isDone, true);
        reader.Join();
        Assert.Equal(0, broken);
        Assert.Equal(Messages - 1, last);
        Assert.Equal(Messages, taken + feed.Lost);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var feed = _trace.Feed();
        var octets = new byte[700];
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var round = 0; round < 1000; round++)
            {
                _trace.Received(Call(1), Way, octets);
                feed.TryNext(_room, out _);
            }
        }));
    }
}
