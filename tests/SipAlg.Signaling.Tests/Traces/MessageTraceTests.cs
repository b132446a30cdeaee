using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transports;
using SipAlg.Testing;

namespace SipAlg.Signaling.Tests.Traces;

/// <summary>Which messages are kept, for how long, and that reading them disturbs nobody.</summary>
public sealed class MessageTraceTests
{
    private static readonly Flow Way = new(Transport.Udp, 0, IpEndpoint.Parse("192.0.2.1:5060"), IpEndpoint.Parse("203.0.113.5:5062"));

    private readonly MessageTrace _trace = new(MessageTrace.Least, TimeProvider.System);

    private static ulong Call(ulong number) => MessageTrace.OfCall(number << 2);

    private static byte[] Message(string text, int length = 0) => Encoding.UTF8.GetBytes($"OPTIONS {text} SIP/2.0\r\n".PadRight(length, '.'));

    private string[] Read(ulong trace) => [.. _trace.Read(trace).Select(message => Encoding.UTF8.GetString(message.Octets).Split(' ')[1])];

    private void Fill(ulong from, int octets)
    {
        for (var written = 0; written < octets; written += 1200)
        {
            _trace.Begin(Call(from));
            _trace.Received(Call(from), Way, Message("noise", 1200));
            _trace.End(Call(from++), isKept: false);
        }
    }

    [Fact]
    public void Messages_of_a_call_come_back_in_their_order()
    {
        _trace.Begin(Call(1));
        _trace.Received(Call(1), Way, Message("one"));
        _trace.Sent(Call(2), Way, Message("other"), isOnItsWay: true);
        _trace.Sent(Call(1), Way, Message("two"), isOnItsWay: true);
        _trace.Sent(Call(1), Way, Message("two"), isOnItsWay: false);
        var read = _trace.Read(Call(1));

        Assert.Equal(["one", "two", "two"], Read(Call(1)));
        Assert.Equal([(true, false, false), (false, false, false), (false, true, true)], read.Select(message => (message.IsReceived, message.IsUnsent, message.IsRepeat)));
        Assert.All(read, message => Assert.Equal(Way, message.Flow));
        Assert.True(read[0].At <= read[1].At && (DateTimeOffset.UtcNow - read[0].At).Duration() < TimeSpan.FromMinutes(1));
        Assert.Empty(_trace.Read(Call(3)));
    }

    /// <summary>Of many calls at once, from wherever in the memory.</summary>
    [Fact]
    public void INVITEs_that_came_are_found_in_one_go()
    {
        _trace.Begin(Call(1));
        _trace.Received(Call(1), Way, "INVITE sip:one SIP/2.0\r\n"u8);
        Fill(1000, (int)MessageTrace.Least);
        _trace.Received(Call(1), Way, "ACK sip:one SIP/2.0\r\n"u8);
        _trace.Received(Call(1), Way, "INVITE sip:again SIP/2.0\r\n"u8);
        _trace.Sent(Call(2), Way, "INVITE sip:two SIP/2.0\r\n"u8, isOnItsWay: true);
        _trace.Received(Call(3), Way, "INVITE sip:three SIP/2.0\r\n"u8);
        _trace.Received(Call(4), Way, "INVITE sip:four SIP/2.0\r\n"u8);

        var found = _trace.ReadInvites(new HashSet<ulong> { Call(1), Call(2), Call(3), Call(5) });
        Assert.Equal(["sip:one", "sip:again"], found[Call(1)].Select(message => Encoding.UTF8.GetString(message.Octets).Split(' ')[1]));
        Assert.Equal([Call(1), Call(3)], found.Select(call => call.Key));
        Assert.Equal(Way, found[Call(3)].Single().Flow);
    }

    [Fact]
    public void What_ended_well_goes_first_what_stands_or_failed_last()
    {
        foreach (var call in (ulong[])[1, 2, 3])
        {
            _trace.Begin(Call(call));
            _trace.Received(Call(call), Way, Message($"of-{call}"));
        }

        _trace.End(Call(1), isKept: false);
        _trace.End(Call(2), isKept: true);
        _trace.Received(Call(2), Way, Message("late"));
        Fill(100, (int)MessageTrace.Least);

        Assert.Empty(Read(Call(1)));
        Assert.Equal(["of-2", "late"], Read(Call(2)));
        Assert.Equal(["of-3"], Read(Call(3)));
        Assert.Equal(2, _trace.Standing);
    }

    [Fact]
    public void Memory_is_bounded_even_if_every_call_fails()
    {
        for (ulong call = 1; call <= 20_000; call++)
        {
            _trace.Begin(Call(call));
            _trace.Received(Call(call), Way, Message($"of-{call}", 1000));
            _trace.End(Call(call), isKept: true);
        }

        Assert.Empty(Read(Call(1)));
        Assert.Equal(["of-20000"], Read(Call(20_000)));
        Assert.InRange(_trace.Standing, 1000, 4500);
    }

    [Fact]
    public void Strangers_displace_nobody()
    {
        _trace.Begin(Call(1));
        _trace.Received(Call(1), Way, Message("call"));
        _trace.End(Call(1), isKept: false);
        for (var knock = 0UL; knock < 10_000; knock++)
        {
            _trace.Received(MessageTrace.OfStranger(Call(2 + knock)), Way, Message("knock", 1000));
        }

        _trace.Received(MessageTrace.OfStranger(Call(1)), Way, Message("challenged"));
        Assert.Equal(["call", "challenged"], Read(Call(1)));
        Assert.Empty(Read(MessageTrace.OfStranger(Call(2))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    public void Messages_of_every_length_find_room_wherever_the_ring_stands(int length)
    {
        for (var round = 0; round < 300; round++)
        {
            _trace.Received(Call(1), Way, new byte[length]);
            _trace.Received(MessageTrace.OfStranger(Call(1)), Way, new byte[length]);
            _trace.Received(Call(2), Way, new byte[(round * 7919) % 4096]);
        }

        Assert.All(_trace.Read(Call(1)), message => Assert.Equal(length, message.Octets.Length));
        Assert.NotEmpty(_trace.Read(Call(1)));
    }

    [Fact]
    public void A_reader_beside_the_writer_sees_whole_messages_only()
    {
        var isDone = false;
        var failures = 0;
        var reads = 0;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                foreach (var message in _trace.Read(Call(1)))
                {
                    // The first octet tells the others.
                    failures += message.Octets.AsSpan().ContainsAnyExcept(message.Octets[0]) || message.Octets.Length != 100 + message.Octets[0] ? 1 : 0;
                    reads++;
                }
            }
        });
        reader.Start();
        _trace.Begin(Call(1));
        var octets = new byte[400];
        for (var round = 0; round < 200_000 || Volatile.Read(ref reads) == 0; round++)
        {
            var kind = (byte)(128 + (round % 100));
            octets.AsSpan().Fill(kind);
            _trace.Received(Call(1), Way, octets.AsSpan(0, 100 + kind));
        }

        Volatile.Write(ref isDone, true);
        reader.Join();
        Assert.Equal(0, failures);
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        _trace.Begin(Call(1));
        var octets = Message("x", 900);
        Fill(50, (int)MessageTrace.Least);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var round = 0; round < 1000; round++)
            {
                _trace.Received(Call(1), Way, octets);
            }
        }));
    }
}
