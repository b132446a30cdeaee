using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Tests.Rtp;

/// <summary>Events as a receiver makes them of packets: each once, whatever is lost, repeated or overtaken.</summary>
public sealed class TelephoneEventReceiverTests
{
    private const uint Ssrc = 7;

    private TelephoneEventReceiver _receiver;
    private readonly List<(byte Code, uint Duration)> _heard = [];

    private void Hear(uint timestamp, byte code, ushort duration, bool isEnd = false, uint ssrc = Ssrc)
    {
        if (_receiver.TryLeave(ssrc, timestamp, code, out var left))
        {
            _heard.Add((left.Code, left.Duration));
        }

        if (_receiver.TryEnd(ssrc, timestamp, new TelephoneEvent(code, isEnd, 10, duration), out var ended))
        {
            _heard.Add((ended.Code, ended.Duration));
        }
    }

    [Fact]
    public void An_event_is_heard_once_at_its_first_end()
    {
        Hear(1000, 5, 160);
        Hear(1000, 5, 320);
        Assert.True(_receiver.IsOpen);
        Assert.Empty(_heard);
        Hear(1000, 5, 480, isEnd: true);
        Hear(1000, 5, 480, isEnd: true);
        Hear(1000, 5, 480, isEnd: true);
        Assert.False(_receiver.IsOpen);
        Assert.Equal([((byte)5, 480u)], _heard);
    }

    /// <summary>RFC 4733 §5: 9, 1 and 1 of 200, 250 and 220 ms, told each 50 ms.</summary>
    [Fact]
    public void The_example_of_the_rfc()
    {
        foreach (var (timestamp, code, duration, isEnd) in new (uint, byte, ushort, bool)[]
        {
            (0, 9, 400, false), (0, 9, 800, false), (0, 9, 1200, false), (0, 9, 1600, false), (0, 9, 1600, true),
            (7040, 1, 400, false), (7040, 1, 800, false), (7040, 1, 2000, true), (7040, 1, 2000, true), (11200, 1, 400, false), (11200, 1, 1760, true),
        })
        {
            Hear(timestamp, code, duration, isEnd);
        }

        Assert.Equal([((byte)9, 1600u), ((byte)1, 2000u), ((byte)1, 1760u)], _heard);
    }

    [Fact]
    public void An_end_that_was_lost_shows_at_the_next_event()
    {
        Hear(1000, 5, 320);
        Hear(4000, 5, 160);
        Hear(4000, 5, 800, isEnd: true);
        Assert.Equal([((byte)5, 320u), ((byte)5, 800u)], _heard);
    }

    [Fact]
    public void The_last_packet_alone_is_enough()
    {
        Hear(1000, 5, 800, isEnd: true);
        Assert.Equal([((byte)5, 800u)], _heard);
    }

    [Fact]
    public void A_packet_that_was_overtaken_begins_nothing()
    {
        Hear(1000, 5, 320, isEnd: true);
        Hear(4000, 6, 320, isEnd: true);
        Hear(1000, 5, 160);
        Hear(4000, 6, 160);
        Assert.Equal(2, _heard.Count);
        Assert.False(_receiver.IsOpen);
    }

    [Fact]
    public void A_duration_that_shrinks_is_a_packet_that_was_overtaken()
    {
        Hear(1000, 5, 480);
        Hear(1000, 5, 320);
        Assert.Equal(new EndedEvent(5, 480), _receiver.GiveUp());
        Assert.False(_receiver.IsOpen);
    }

    [Fact]
    public void A_long_event_is_one()
    {
        Hear(1000, 5, 60000);
        Hear(1000, 5, ushort.MaxValue);
        Hear(1000 + ushort.MaxValue, 5, 4000);
        Hear(1000 + (2 * ushort.MaxValue), 5, 400);
        Hear(1000 + (2 * ushort.MaxValue), 5, 800, isEnd: true);
        Assert.Equal([((byte)5, (2u * ushort.MaxValue) + 800)], _heard);
    }

    [Fact]
    public void Another_source_begins_anew()
    {
        Hear(100_000, 5, 320);
        Hear(1000, 6, 320, isEnd: true, ssrc: 8);
        Assert.Equal([((byte)5, 320u), ((byte)6, 320u)], _heard);
    }

    [Fact]
    public void A_source_whose_clock_jumped_back_is_heard()
    {
        Hear(1_000_000, 5, 320, isEnd: true);
        Hear(1000, 6, 320, isEnd: true);
        Assert.Equal(2, _heard.Count);
    }

    [Fact]
    public void The_clock_may_wrap()
    {
        Hear(uint.MaxValue - 100, 5, 320, isEnd: true);
        Hear(3000, 6, 320, isEnd: true);
        Assert.Equal(2, _heard.Count);
    }

    /// <summary>Digits in order, of whose packets any are lost or said twice, but for one of each.</summary>
    [Fact]
    public void Every_digit_is_heard_once_and_in_order() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)),
        seed =>
        {
            var random = new Random(seed);
            var codes = Enumerable.Range(0, random.Next(1, 8)).Select(_ => (byte)random.Next(16)).ToArray();
            var test = new TelephoneEventReceiverTests();
            var start = (uint)random.NextInt64(uint.MaxValue);
            foreach (var code in codes)
            {
                var keeps = random.Next(6);
                for (var packet = 0; packet < 6; packet++)
                {
                    for (var copies = packet == keeps ? 1 : random.Next(3); copies > 0; copies--)
                    {
                        test.Hear(start, code, (ushort)(160 * Math.Min(packet + 1, 4)), isEnd: packet >= 3);
                    }
                }

                start += (uint)random.Next(641, 20000);
            }

            if (test._receiver.IsOpen)
            {
                test._heard.Add((test._receiver.GiveUp().Code, 0));
            }

            return test._heard.Select(heard => heard.Code).SequenceEqual(codes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_that_comes_breaks_it() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)),
        seed =>
        {
            var random = new Random(seed);
            for (var packet = 0; packet < 200; packet++)
            {
                Hear((uint)random.NextInt64(uint.MaxValue), (byte)random.Next(256), (ushort)random.Next(65536), random.Next(2) == 0, (uint)random.Next(3));
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
