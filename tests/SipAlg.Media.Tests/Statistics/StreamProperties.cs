using FsCheck;
using FsCheck.Fluent;

namespace SipAlg.Media.Tests.Statistics;

/// <summary>What holds for any stream, lost, repeated, turned round, wrapped and begun anew, against a model that remembers every packet.</summary>
public sealed class StreamProperties
{
    /// <summary>One thing that a sender or a network does.</summary>
    /// <param name="Kind">See <see cref="Naive"/>.</param>
    /// <param name="By">How much.</param>
    private sealed record Happening(What Kind, int By);

    private enum What { Sent, Lost, Repeated, Late, Restarted, OtherSource }

    private static readonly Arbitrary<(ushort First, Happening[] Happenings)> Streams = (
        from first in Gen.Choose(0, 65535)
        from wraps in Gen.Choose(0, 1)
        from happenings in (
            from kind in Gen.Frequency((30, Gen.Constant(What.Sent)), (4, Gen.Constant(What.Lost)), (3, Gen.Constant(What.Repeated)), (4, Gen.Constant(What.Late)), (1, Gen.Constant(What.Restarted)), (1, Gen.Constant(What.OtherSource)))
            from size in Gen.Choose(1, 40)
            select new Happening(kind, size)).ArrayOf()
        select ((ushort)(wraps == 1 ? 65_520 + (first % 16) : first), happenings)).ToArbitrary();

    [Fact]
    public void Figures_are_those_of_the_model() => Prop.ForAll(Streams, stream =>
    {
        var (bench, model) = (new StreamBench(), new Naive());
        foreach (var (sequence, ssrc) in Play(stream.First, stream.Happenings))
        {
            bench.Rtp(sequence, ssrc: ssrc);
            model.Heard(sequence, ssrc);
        }

        var figures = bench.Read();
        return (figures.Packets, figures.Expected, figures.Lost, figures.Duplicates, figures.Reordered, figures.Restarts, figures.SourceChanges) == model.Figures;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Whatever_comes_nothing_is_negative_and_nothing_counts_twice() => Prop.ForAll(
        Gen.Choose(0, 65535).Zip(Gen.Choose(1, 3)).ArrayOf().ToArbitrary(),
        packets =>
        {
            var bench = new StreamBench();
            foreach (var (sequence, ssrc) in packets)
            {
                bench.Rtp(sequence, (uint)(sequence * ssrc * 7919), (uint)ssrc, at: sequence);
            }

            var figures = bench.Read();
            return figures.Lost >= 0 && figures.Received + figures.Duplicates <= figures.Packets && figures.Reordered <= figures.Received &&
                figures.LossRatio is >= 0 and < 1 && figures.JitterSamples < Math.Max(1, figures.Packets);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>What arrives: late packets by at most 40 places, restarts far from where the sequence was and followed by a packet.</summary>
    private static List<(ushort Sequence, uint Ssrc)> Play(ushort first, Happening[] happenings)
    {
        List<(ushort, uint)> arrived = [];
        List<(int Due, ushort Sequence, uint Ssrc)> late = [];
        var (next, ssrc, clock) = ((int)first, 1u, 0);
        foreach (var happening in happenings)
        {
            switch (happening.Kind)
            {
                case What.Lost:
                    next += happening.By;
                    continue;
                case What.Repeated when arrived.Count > 0:
                    arrived.Add(arrived[^1]);
                    continue;
                case What.Late:
                    late.Add((clock + happening.By % 8, (ushort)next++, ssrc));
                    continue;
                case What.Restarted or What.OtherSource:
                    late.Clear();
                    next += happening.Kind == What.Restarted ? 20_000 : happening.By;
                    ssrc += happening.Kind == What.OtherSource ? 1u : 0;
                    arrived.Add(((ushort)next++, ssrc));
                    break;
            }

            arrived.Add(((ushort)next++, ssrc));
            clock++;
            arrived.AddRange(late.Where(one => one.Due <= clock).Select(one => (one.Sequence, one.Ssrc)));
            late.RemoveAll(one => one.Due <= clock);
        }

        return arrived;
    }

    /// <summary>Remembers every number of the present sequence without a window.</summary>
    private sealed class Naive
    {
        private readonly HashSet<long> _heard = [];
        private uint? _ssrc;
        private ushort? _stray;
        private long _highest;
        private long _expected;
        private long _received;
        private long _packets;
        private long _duplicates;
        private long _reordered;
        private long _restarts;
        private long _sources;

        public (long, long, long, long, long, long, long) Figures
        {
            get
            {
                var (expected, received) = (_expected + Span, _received + _heard.Count);
                return (_packets, expected, expected - received, _duplicates, _reordered, _restarts, _sources);
            }
        }

        private long Span => _heard.Count == 0 ? 0 : _heard.Max() - _heard.Min() + 1;

        public void Heard(ushort sequence, uint ssrc)
        {
            _packets++;
            if (_ssrc != ssrc)
            {
                _sources += _ssrc is null ? 0 : 1;
                _ssrc = ssrc;
                Begin(sequence);
                return;
            }

            // The place nearest to the highest number.
            var place = _highest + (short)(sequence - (ushort)_highest);
            if (place - _highest is >= 3000 or < -63)
            {
                if (_stray == sequence)
                {
                    _restarts++;
                    Begin(sequence);
                }
                else
                {
                    _stray = (ushort)(sequence + 1);
                }

                return;
            }

            if (!_heard.Add(place))
            {
                _duplicates++;
            }
            else if (place < _highest)
            {
                _reordered++;
            }

            _highest = Math.Max(_highest, place);
        }

        private void Begin(ushort sequence)
        {
            _expected += Span;
            _received += _heard.Count;
            _heard.Clear();
            _stray = null;
            _highest = 1_000_000L * 65536 + sequence;
            _heard.Add(_highest);
        }
    }
}
