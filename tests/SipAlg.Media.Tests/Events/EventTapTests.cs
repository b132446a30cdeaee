using SipAlg.Media.Events;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Tests.Events;

/// <summary>Events that are taken out of a stream: what is told of them, and what is left.</summary>
public sealed class EventTapTests
{
    private readonly EventTap _tap;
    private readonly EventBench _bench;
    private int _calls;

    public EventTapTests()
    {
        _tap = new EventTap(() => _calls++, EventBench.Second);
        _bench = new EventBench(_tap);
        Negotiate((101, 8000));
    }

    private void Negotiate(params (byte Type, int Rate)[] all)
    {
        TelephoneEventFormats formats = default;
        foreach (var (type, rate) in all)
        {
            formats.Add(new TelephoneEventFormat(type, rate));
        }

        _tap.Negotiate(formats);
    }

    private List<DtmfDigit> Heard()
    {
        var heard = new List<DtmfDigit>();
        while (_tap.TryHear(out var digit))
        {
            heard.Add(digit);
        }

        return heard;
    }

    /// <summary>A digit as a phone sends it: an update each 20 ms in place of audio, and the end three times.</summary>
    private void Press(byte code, int updates = 5, int ends = 3)
    {
        var began = _bench.Timestamp + 160;
        for (var update = 1; update <= updates + ends; update++)
        {
            _bench.Pass(20);
            _bench.Event(new TelephoneEvent(code, update > updates, 10, (ushort)(160 * Math.Min(update, updates + 1))), began, update == 1);
            _bench.Beat();
        }
    }

    [Fact]
    public void A_digit_is_told_once_and_leaves_no_gap()
    {
        _bench.Flow(5);
        Press(5);
        _bench.Flow(5);
        Assert.Equal([new DtmfDigit(5, 120)], Heard());
        Assert.Equal(1, _calls);
        Assert.Equal(10, _bench.Seen.Count);
        _bench.IsContinuous();
        Assert.Equal(new StreamChange(7, -8, -32, -8), _tap.Change);
        Assert.False(_tap.IsBusy);
    }

    [Fact]
    public void A_stream_without_events_is_left_as_it_is()
    {
        Negotiate();
        _bench.Flow(3);
        _bench.Event(new TelephoneEvent(5, true, 10, 800), _bench.Timestamp);
        _bench.Flow(3);
        Assert.Equal(7, _bench.Seen.Count);
        Assert.Equal((ushort)(_bench.Sequence - 1), _bench.Seen[^1].Sequence);
        Assert.Empty(Heard());
    }

    [Fact]
    public void The_numbers_go_on_when_there_are_no_more_events()
    {
        _bench.Flow(3);
        Press(5);
        Negotiate();
        _bench.Flow(3);
        _bench.IsContinuous();
    }

    [Fact]
    public void A_digit_whose_end_is_lost_is_over_after_a_while()
    {
        _bench.Flow(3);
        Press(5, ends: 0);
        Assert.True(_tap.IsBusy);
        _bench.Flow(7);
        Assert.Empty(Heard());
        _bench.Flow(1);
        Assert.Equal([new DtmfDigit(5, 100)], Heard());
        Assert.False(_tap.IsBusy);
        _bench.IsContinuous();
    }

    [Fact]
    public void Digits_right_after_one_another()
    {
        Press(1, ends: 0);
        Press(1, ends: 1);
        Press(2);
        Assert.Equal([new DtmfDigit(1, 100), new DtmfDigit(1, 120), new DtmfDigit(2, 120)], Heard());
        Assert.Equal(3, _calls);
    }

    [Fact]
    public void Several_events_of_one_packet()
    {
        var packet = EventBench.Audio(101, _bench.Sequence++, 1000, 7, 12);
        new TelephoneEvent(1, true, 10, 800).Write(packet.AsSpan(12));
        new TelephoneEvent(2, true, 10, 640).Write(packet.AsSpan(16));
        new TelephoneEvent(3, false, 10, 320).Write(packet.AsSpan(20));
        _bench.Arrive(packet);
        Assert.Equal([new DtmfDigit(1, 100), new DtmfDigit(2, 80)], Heard());
        _bench.Event(new TelephoneEvent(3, true, 10, 400), 1000 + 800 + 640);
        Assert.Equal([new DtmfDigit(3, 50)], Heard());
    }

    [Fact]
    public void Each_payload_type_has_its_clock()
    {
        Negotiate((101, 48000), (96, 8000));
        _bench.Event(new TelephoneEvent(1, true, 10, 4800), 1000);
        var packet = EventBench.Audio(96, _bench.Sequence++, 9000, 7, 4);
        new TelephoneEvent(2, true, 10, 800).Write(packet.AsSpan(12));
        _bench.Arrive(packet);
        Assert.Equal([new DtmfDigit(1, 100), new DtmfDigit(2, 100)], Heard());
        Assert.Empty(_bench.Seen);
    }

    [Fact]
    public void What_is_no_digit_is_taken_and_not_told()
    {
        _bench.Event(new TelephoneEvent(16, true, 0, 800), 1000);
        _bench.Event(new TelephoneEvent(36, true, 0, 800), 3000);
        _bench.Arrive(EventBench.Audio(101, _bench.Sequence++, 5000, 7, 2));
        var padded = EventBench.Audio(101, _bench.Sequence++, 5000, 7, 4);
        padded[0] |= 0x20;
        padded[^1] = 200;
        _bench.Arrive(padded);
        Assert.Empty(_bench.Seen);
        Assert.Empty(Heard());
        Assert.Equal(0, _calls);
    }

    [Fact]
    public void A_digit_is_as_long_as_anybody_can_hear()
    {
        _bench.Event(new TelephoneEvent(1, true, 10, 80), 1000);
        Assert.Equal([new DtmfDigit(1, 40)], Heard());
    }

    [Fact]
    public void What_nobody_hears_is_counted()
    {
        for (uint digit = 0; digit < DigitRing.Capacity + 3; digit++)
        {
            _bench.Event(new TelephoneEvent(1, true, 10, 800), 1000 + (digit * 1000));
        }

        Assert.Equal(3, _tap.Lost);
        Assert.Equal(DigitRing.Capacity, Heard().Count);
    }
}
