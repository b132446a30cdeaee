using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Tests.Rtp;

/// <summary>The numbers that a receiver sees of a stream with packets taken out and put in.</summary>
public sealed class SequenceShiftTests
{
    private const uint Ssrc = 7;

    [Fact]
    public void A_stream_that_nothing_is_done_to_keeps_its_numbers()
    {
        SequenceShift shift = default;
        foreach (ushort sequence in new[] { 65534, 65535, 0, 2, 1, 1, 3, 400, 399 })
        {
            Assert.Equal(sequence, shift.Pass(Ssrc, sequence));
        }

        Assert.Equal(0, shift.Shift);
    }

    [Fact]
    public void What_is_taken_out_leaves_no_gap()
    {
        SequenceShift shift = default;
        Assert.Equal(65535, shift.Pass(Ssrc, 65535));
        shift.Remove(Ssrc, 0);
        shift.Remove(Ssrc, 1);
        Assert.Equal(0, shift.Pass(Ssrc, 2));
        shift.Remove(Ssrc, 3);
        Assert.Equal(1, shift.Pass(Ssrc, 4));
        Assert.Equal(-3, shift.Shift);
    }

    [Fact]
    public void What_is_put_in_takes_a_number_of_its_own()
    {
        SequenceShift shift = default;
        Assert.Equal(10, shift.Pass(Ssrc, 10));
        Assert.Equal(11, shift.Insert());
        Assert.Equal(12, shift.Insert());
        Assert.Equal(13, shift.Pass(Ssrc, 11));
        Assert.Equal(2, shift.Shift);
    }

    [Fact]
    public void A_loss_before_us_stays_one()
    {
        SequenceShift shift = default;
        shift.Pass(Ssrc, 10);
        shift.Remove(Ssrc, 11);
        Assert.Equal(13, shift.Pass(Ssrc, 14));
    }

    [Fact]
    public void What_was_overtaken_keeps_its_place()
    {
        SequenceShift shift = default;
        shift.Pass(Ssrc, 10);
        shift.Remove(Ssrc, 12);
        shift.Remove(Ssrc, 13);
        Assert.Equal(12, shift.Pass(Ssrc, 14));
        Assert.Equal(11, shift.Pass(Ssrc, 11));
        Assert.Equal(12, shift.Pass(Ssrc, 14));
        shift.Insert();
        Assert.Equal(12, shift.Pass(Ssrc, 14));
        Assert.Equal(11, shift.Pass(Ssrc, 11));
        Assert.Equal(14, shift.Pass(Ssrc, 15));
    }

    [Fact]
    public void What_is_taken_out_late_leaves_its_gap()
    {
        SequenceShift shift = default;
        shift.Pass(Ssrc, 10);
        shift.Pass(Ssrc, 12);
        shift.Remove(Ssrc, 11);
        Assert.Equal(13, shift.Pass(Ssrc, 13));
    }

    [Fact]
    public void Another_source_has_its_own_numbers()
    {
        SequenceShift shift = default;
        shift.Begin(1, 500);
        Assert.Equal(500, shift.Insert());
        Assert.Equal(501, shift.Insert());
        Assert.Equal(10, shift.Pass(Ssrc, 10));
        Assert.Equal((Ssrc, 0), (shift.Ssrc, shift.Shift));
    }

    [Fact]
    public void A_stream_that_began_anew_goes_on_shifted()
    {
        SequenceShift shift = default;
        shift.Pass(Ssrc, 10_000);
        shift.Insert();
        Assert.Equal(101, shift.Pass(Ssrc, 100));
        Assert.Equal(102, shift.Pass(Ssrc, 101));
    }

    /// <summary>Packets in order, some taken out and others put in: the receiver sees every number once.</summary>
    [Fact]
    public void In_order_no_number_is_missing() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)),
        seed =>
        {
            var random = new Random(seed);
            SequenceShift shift = default;
            var sequence = (ushort)random.Next(65536);
            var expected = shift.Pass(Ssrc, sequence);
            for (var step = 0; step < 500; step++)
            {
                var kind = random.Next(4);
                if (kind == 0)
                {
                    shift.Remove(Ssrc, ++sequence);
                }
                else if ((kind == 1 ? shift.Insert() : shift.Pass(Ssrc, ++sequence)) != ++expected)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    /// <summary>Packets overtaken by up to three others: no two get one number, and those that stay are in the order that they were sent in.</summary>
    [Fact]
    public void Out_of_order_no_number_is_used_twice() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)),
        seed =>
        {
            var random = new Random(seed);
            SequenceShift shift = default;
            var first = random.Next(65536);
            var isEvent = Enumerable.Range(0, 300).Select(_ => random.Next(3) == 0).ToArray();
            var arrivals = Enumerable.Range(0, 300).Select(number => (Number: number, At: number + (random.NextDouble() * 3))).OrderBy(arrival => arrival.At);
            var seen = new SortedDictionary<int, int>();
            foreach (var (number, _) in arrivals)
            {
                var sequence = (ushort)(first + number);
                if (isEvent[number])
                {
                    shift.Remove(Ssrc, sequence);
                }
                else
                {
                    seen.Add(number, (short)(shift.Pass(Ssrc, sequence) - (ushort)first));
                }
            }

            return seen.Values.Zip(seen.Values.Skip(1)).All(pair => pair.First < pair.Second);
        }).QuickCheckThrowOnFailure();
}
