using FsCheck;
using FsCheck.Fluent;
using SipAlg.Media.Events;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Tests.Events;

/// <summary>Digits that are put into a stream: what its receiver sees.</summary>
public sealed class EventFeedTests
{
    private static readonly TelephoneEventFormat Usual = new(101, 8000);

    private readonly EventFeed _feed = new(EventBench.Second, new Random(1));
    private readonly EventBench _bench;

    public EventFeedTests()
    {
        _feed.Negotiate(Usual, 8000);
        _bench = new EventBench(_feed);
    }

    private void Press(byte code, int milliseconds = 160) => Assert.True(_feed.TryPut(new DtmfDigit(code, milliseconds)));

    [Fact]
    public void A_digit_takes_the_place_of_packets_of_a_stream_that_flows()
    {
        _bench.Flow(5);
        Press(5);
        _bench.Flow(20);
        _bench.IsContinuous();
        Assert.Equal(25, _bench.Seen.Count);
        var events = _bench.Seen.GetRange(5, 10);
        Assert.Equal([160, 320, 480, 640, 800, 960, 1120, 1280, 1280, 1280], events.Select(packet => (int)packet.Event!.Value.Duration));
        Assert.Equal([false, false, false, false, false, false, false, true, true, true], events.Select(packet => packet.Event!.Value.IsEnd));
        Assert.Equal([true, .. Enumerable.Repeat(false, 9)], events.Select(packet => packet.Marker));
        Assert.Single(events.Select(packet => packet.Timestamp).Distinct());
        Assert.Equal(_bench.Seen[4].Timestamp + 160, events[0].Timestamp);
        Assert.All(_bench.Seen.Take(5).Concat(_bench.Seen.Skip(15)), packet => Assert.Null(packet.Event));
        Assert.Equal(_bench.Timestamp, _bench.Seen[^1].Timestamp);
        Assert.False(_feed.IsBusy);
    }

    [Fact]
    public void The_numbers_of_a_stream_that_flows_stay()
    {
        _bench.Flow(5);
        Press(5);
        _bench.Flow(20);
        Assert.Equal((ushort)(_bench.Sequence - 1), _bench.Seen[^1].Sequence);
        Assert.Equal(new StreamChange(7, 0, 10 * (4 - 160), 0), _feed.Change);
    }

    [Fact]
    public void A_digit_is_put_into_a_stream_that_is_silent()
    {
        _bench.Flow(5);
        _bench.Silence(50);
        Assert.Equal(5, _bench.Seen.Count);
        Press(5);
        _bench.Silence(20);
        Assert.Equal(15, _bench.Seen.Count);
        Assert.Equal(_bench.Seen[4].Timestamp + (51 * 160), _bench.Seen[5].Timestamp);
        _bench.Flow(5);
        _bench.IsContinuous();
        Assert.Equal([new EndedEvent(5, 1280)], _bench.Heard());
        Assert.Equal(new StreamChange(7, 10, 40, 10), _feed.Change);
    }

    [Fact]
    public void A_stream_that_stops_and_comes_back_within_a_digit()
    {
        _bench.Flow(3);
        Press(5, 600);
        _bench.Flow(5);
        _bench.Silence(10);
        _bench.Flow(30);
        _bench.IsContinuous();
        Assert.Equal([new EndedEvent(5, 4800)], _bench.Heard());
        Assert.InRange(_feed.Change.Packets, 4, 8);
    }

    [Fact]
    public void Where_there_is_no_stream_the_digit_has_one_of_its_own()
    {
        Press(10);
        _bench.Silence(15);
        Assert.Equal(10, _bench.Seen.Count);
        _bench.IsContinuous();
        Assert.Equal([new EndedEvent(10, 1280)], _bench.Heard());
        Assert.NotEqual(7u, _bench.Seen[0].Ssrc);
        Press(11);
        _bench.Silence(15);
        _bench.IsContinuous();
        _bench.Seen.Clear();
        _bench.Flow(5);
        Assert.All(_bench.Seen, packet => Assert.Equal(7u, packet.Ssrc));
        Assert.Equal((ushort)(_bench.Sequence - 1), _bench.Seen[^1].Sequence);
        Assert.Equal(new StreamChange(7, 0, 0, 0), _feed.Change);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Digits_follow_one_another_with_pauses(bool flows)
    {
        _bench.Flow(3);
        byte[] codes = [1, 1, 2, 15, 0];
        foreach (var code in codes)
        {
            Press(code, 80);
        }

        for (var beat = 0; beat < 80; beat++)
        {
            (flows ? (Action<int>)_bench.Flow : _bench.Silence)(1);
        }

        _bench.Flow(3);
        _bench.IsContinuous();
        Assert.Equal(codes.Select(code => new EndedEvent(code, 640)), _bench.Heard());
        var begins = _bench.Seen.Where(packet => packet.Marker).Select(packet => packet.Timestamp).ToArray();
        Assert.All(begins.Zip(begins.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 640u + 640, 640u + 800));
    }

    [Fact]
    public void Packets_of_60_ms_keep_their_pace()
    {
        for (var packet = 0; packet < 20; packet++)
        {
            if (packet == 3)
            {
                Press(5, 200);
            }

            _bench.Silence(2);
            _bench.Flow();
        }

        Assert.Equal(20, _bench.Seen.Count);
        _bench.IsContinuous();
        Assert.Equal([new EndedEvent(5, 1600)], _bench.Heard());
    }

    [Fact]
    public void What_was_overtaken_before_the_digit_stays_audio()
    {
        _bench.Flow(3);
        var late = EventBench.Audio(8, _bench.Sequence++, _bench.Timestamp + 160, 7);
        _bench.Pass(20);
        Press(5);
        _bench.Flow(2);
        _bench.Arrive(late);
        Assert.Null(_bench.Seen[^1].Event);
        Assert.Equal((ushort)(_bench.Sequence - 3), _bench.Seen[^1].Sequence);
        _bench.Flow(20);
        Assert.Equal([new EndedEvent(5, 1280)], _bench.Heard());
    }

    [Fact]
    public void Another_source_ends_the_digit_and_has_its_own_numbers()
    {
        _bench.Flow(3);
        Press(5);
        _bench.Flow(4);
        (_bench.Ssrc, _bench.Sequence) = (8, 100);
        _bench.Flow(10);
        Assert.Equal(4, _bench.Seen.Count(packet => packet.Event is not null));
        Assert.Equal(109, _bench.Seen[^1].Sequence);
        Assert.Equal(new StreamChange(8, 0, 0, 0), _feed.Change);
    }

    [Fact]
    public void The_next_digit_has_the_payload_type_that_holds_by_then()
    {
        _bench.Flow(3);
        Press(5);
        Press(6);
        _bench.Flow(2);
        _feed.Negotiate(new TelephoneEventFormat(96, 8000), 8000);
        _bench.Flow(30);
        Assert.Equal([(byte)101, (byte)96], _bench.Seen.Select(packet => packet.PayloadType).Where(type => type != 8).Distinct());
        Assert.Equal(10, _bench.Seen.Count(packet => packet.PayloadType == 101));
        _bench.IsContinuous();
    }

    [Fact]
    public void Who_takes_no_events_gets_none()
    {
        _feed.Negotiate(null, 8000);
        Press(5);
        _bench.Flow(10);
        _bench.Silence(10);
        Assert.Equal(10, _bench.Seen.Count);
        Assert.All(_bench.Seen, packet => Assert.Equal(8, packet.PayloadType));
        Assert.False(_feed.IsBusy);
    }

    [Fact]
    public void Durations_are_in_the_formats_clock_and_fit_its_field()
    {
        _feed.Negotiate(new TelephoneEventFormat(101, 48000), 48000);
        Press(5, 100);
        _bench.Silence(20);
        Press(6, 9000);
        _bench.Silence(80);
        Assert.Equal([new EndedEvent(5, 4800), new EndedEvent(6, ushort.MaxValue)], _bench.Heard());
        _bench.IsContinuous();
    }

    [Fact]
    public void Too_many_digits_are_refused()
    {
        for (var digit = 0; digit < DigitRing.Capacity; digit++)
        {
            Press(1);
        }

        Assert.False(_feed.TryPut(new DtmfDigit(1, 160)));
        _bench.Flow(2);
        Press(1);
    }

    [Fact]
    public void A_packet_that_is_none_passes()
    {
        Press(5);
        byte[] octets = [0x90, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];
        var packet = new byte[64];
        octets.CopyTo(packet, 0);
        Assert.Equal(octets.Length, _feed.Cross(packet, octets.Length, _bench.Now));
        Assert.Equal(octets, packet[..octets.Length]);
    }

    /// <summary>Whatever a stream does and whenever digits are pressed: one source, numbers without a gap, time that does not go back, each digit once.</summary>
    [Fact]
    public void Digits_at_any_time_into_any_stream() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)),
        seed =>
        {
            var random = new Random(seed);
            var feed = new EventFeed(EventBench.Second, random);
            feed.Negotiate(Usual, 8000);
            var bench = new EventBench(feed) { Timestamp = (uint)random.NextInt64(uint.MaxValue), Sequence = (ushort)random.Next(65536) };
            bench.Flow();
            var pressed = new List<EndedEvent>();
            for (var step = 0; step < 60; step++)
            {
                if (random.Next(3) == 0)
                {
                    var digit = new DtmfDigit((byte)random.Next(16), random.Next(40, 400));
                    if (feed.TryPut(digit))
                    {
                        pressed.Add(new EndedEvent(digit.Code, (uint)digit.Milliseconds * 8));
                    }
                }

                (random.Next(3) == 0 ? (Action<int>)bench.Silence : bench.Flow)(random.Next(20));
            }

            while (feed.IsBusy)
            {
                bench.Silence();
            }

            bench.Flow();
            bench.IsContinuous();
            return bench.Heard().SequenceEqual(pressed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
}
