using System.Runtime.CompilerServices;
using SipAlg.Media.Statistics;

namespace SipAlg.Media.Tests.Statistics;

/// <summary>What is counted by sequence numbers (RFC 3550 A.1, A.3).</summary>
public sealed class SequenceTests
{
    private readonly StreamBench _bench = new();

    private static (long Packets, long Expected, long Lost, long Duplicates, long Reordered, long Restarts, long Sources) Of(StreamStatistics figures) =>
        (figures.Packets, figures.Expected, figures.Lost, figures.Duplicates, figures.Reordered, figures.Restarts, figures.SourceChanges);

    [Fact]
    public void Counters_are_two_cache_lines() => Assert.Equal(128, Unsafe.SizeOf<StreamCounters>());

    [Fact]
    public void Without_packets_there_are_no_figures()
    {
        Assert.Equal(default, _bench.Read());
        Assert.Equal(0, _bench.Read().LossRatio);
    }

    [Fact]
    public void A_sequence_without_fault_has_none() =>
        Assert.Equal((4, 4, 0, 0, 0, 0, 0), Of(_bench.Rtp(10, 11, 12, 13).Read()));

    [Fact]
    public void A_number_that_is_missing_is_lost()
    {
        var figures = _bench.Rtp(10, 11, 13, 19).Read();
        Assert.Equal((4, 10, 6, 0, 0, 0, 0), Of(figures));
        Assert.Equal(0.6, figures.LossRatio);
    }

    [Fact]
    public void Numbers_wrap() =>
        Assert.Equal((4, 5, 1, 0, 0, 0, 0), Of(_bench.Rtp(65534, 65535, 1, 2).Read()));

    [Fact]
    public void A_wrap_out_of_order_loses_nothing() =>
        Assert.Equal((5, 5, 0, 0, 2, 0, 0), Of(_bench.Rtp(65534, 0, 65535, 2, 1).Read()));

    [Fact]
    public void Two_wraps_are_counted()
    {
        for (var sequence = 0; sequence < 150_000; sequence++)
        {
            _bench.Rtp(sequence, timestamp: 0);
        }

        Assert.Equal((150_000, 150_000, 0, 0, 0, 0, 0), Of(_bench.Read()));
    }

    [Fact]
    public void A_packet_that_comes_twice_hides_no_loss() =>
        Assert.Equal((4, 4, 1, 1, 0, 0, 0), Of(_bench.Rtp(10, 11, 11, 13).Read()));

    [Fact]
    public void A_late_packet_is_not_lost_and_twice_is_a_duplicate() =>
        Assert.Equal((5, 4, 0, 1, 1, 0, 0), Of(_bench.Rtp(10, 12, 13, 11, 11).Read()));

    [Fact]
    public void A_packet_before_the_first_begins_the_sequence()
    {
        Assert.Equal((2, 4, 2, 0, 1, 0, 0), Of(_bench.Rtp(100, 97).Read()));
        Assert.Equal((4, 4, 0, 0, 3, 0, 0), Of(_bench.Rtp(98, 99).Read()));
    }

    [Fact]
    public void A_packet_later_than_the_window_counts_as_lost() =>
        Assert.Equal((3, 101, 99, 0, 0, 0, 0), Of(_bench.Rtp(100, 200, 136).Read()));

    [Fact]
    public void A_step_of_3000_is_another_place_and_two_in_a_row_make_it_so()
    {
        Assert.Equal((2, 1, 0, 0, 0, 0, 0), Of(_bench.Rtp(10, 3010).Read()));
        Assert.Equal((4, 3, 0, 0, 0, 1, 0), Of(_bench.Rtp(3011, 3012).Read()));
    }

    [Fact]
    public void A_step_of_2999_is_a_loss() =>
        Assert.Equal((2, 3000, 2998, 0, 0, 0, 0), Of(_bench.Rtp(10, 3009).Read()));

    [Fact]
    public void A_single_stray_packet_changes_nothing() =>
        Assert.Equal((4, 3, 0, 0, 0, 0, 0), Of(_bench.Rtp(10, 11, 40_000, 12).Read()));

    [Fact]
    public void Another_source_begins_anew_without_loss()
    {
        _bench.Rtp(10, 11).Rtp(50_000, ssrc: 8).Rtp(50_001, ssrc: 8);
        var figures = _bench.Read();
        Assert.Equal((4, 4, 0, 0, 0, 0, 1), Of(figures));
        Assert.Equal(8u, figures.Ssrc);
    }

    [Fact]
    public void Losses_of_sources_before_count()
    {
        _bench.Rtp(10, 12).Rtp(50_000, ssrc: 8).Rtp(50_003, ssrc: 8);
        Assert.Equal((4, 7, 3, 0, 0, 0, 1), Of(_bench.Read()));
    }

    [Fact]
    public void What_strayed_of_one_source_makes_no_restart_of_another()
    {
        _bench.Rtp(10, 40_000).Rtp(50_000, ssrc: 8).Rtp(40_001, ssrc: 8);
        Assert.Equal((4, 2, 0, 0, 0, 0, 1), Of(_bench.Read()));
    }

    /// <summary>Who leaves out as many as it may gets around the extended numbers in some minutes; what is observed of it stays a ratio.</summary>
    [Fact]
    public void Steps_around_all_numbers_are_no_negative_loss()
    {
        const int Step = 2999;
        for (var packet = 0; packet < (int)(uint.MaxValue / Step) + 10; packet++)
        {
            _bench.Rtp((ushort)(packet * Step), timestamp: 0);
        }

        var figures = _bench.Read();
        Assert.True(figures.Expected < figures.Received);
        Assert.Equal((0L, 0.0), (figures.Lost, figures.LossRatio));
    }
}
