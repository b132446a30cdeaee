using SipAlg.Media.Sources;
using static SipAlg.Media.Tests.Sources.LatchScene;

namespace SipAlg.Media.Tests.Sources;

public sealed class SourceLatchTests
{
    [Fact]
    public void Named_sources_settle_at_once()
    {
        foreach (var source in new[] { Sdp, SdpOtherPort, Signalling, Carrier })
        {
            var scene = new LatchScene();
            Assert.Equal(SourceVerdict.Settled, scene.Judge(source, 1, 1));
            Assert.Equal(source, scene.Settled);
        }
    }

    [Fact]
    public void An_unnamed_source_waits_a_second_from_the_first_unnamed_packet()
    {
        var scene = new LatchScene().After(60_000);
        Assert.False(scene.Takes(Stranger));
        Assert.False(scene.After(999).Takes(Stranger));
        Assert.True(scene.After(1).Takes(Stranger));
    }

    [Fact]
    public void A_named_source_ends_the_wait_of_an_unnamed_one()
    {
        var scene = new LatchScene();
        Assert.False(scene.Takes(Stranger));
        Assert.True(scene.After(500).Takes(Carrier));
        Assert.False(scene.After(600).Takes(Stranger));
    }

    [Fact]
    public void The_sdp_endpoint_wins_whenever_it_sends()
    {
        foreach (var first in new[] { SdpOtherPort, Signalling, Carrier })
        {
            var scene = new LatchScene();
            Assert.True(scene.Takes(first));
            Assert.Equal(SourceVerdict.TookOver, scene.Judge(Sdp, 9, 900));
            Assert.False(scene.Takes(first, 1, 2));
        }
    }

    [Fact]
    public void The_sdp_address_wins_from_another_address_but_not_from_itself()
    {
        var scene = new LatchScene();
        Assert.True(scene.Takes(Signalling));
        Assert.True(scene.Takes(SdpOtherPort, 9, 1));
        Assert.False(scene.Takes(SdpThirdPort, 8, 1));
    }

    [Fact]
    public void After_silence_the_same_address_takes_over_from_another_port_with_any_stream()
    {
        var scene = new LatchScene();
        Assert.True(scene.Takes(Sdp));
        Assert.False(scene.After(1999).Takes(SdpOtherPort, 99, 5));
        Assert.True(scene.After(1).Takes(SdpOtherPort, 99, 5));
    }

    [Fact]
    public void After_silence_a_media_network_takes_over_with_any_stream()
    {
        var scene = new LatchScene();
        Assert.True(scene.Takes(Carrier));
        Assert.False(scene.After(1999).Takes(OtherCarrier, 99, 5));
        Assert.True(scene.After(1).Takes(OtherCarrier, 99, 5));
    }

    [Fact]
    public void After_silence_another_address_has_to_continue_the_stream()
    {
        var scene = new LatchScene();
        Assert.True(scene.Takes(Sdp, 7, 100));
        scene.After(2000);
        Assert.False(scene.Takes(Stranger, 8, 101));
        Assert.False(scene.Takes(Stranger, 7, 99));
        Assert.False(scene.Takes(Stranger, 7, 100 + 3001));
        Assert.True(scene.Takes(Stranger, 7, 200));
        Assert.False(scene.Takes(OtherStranger, 7, 201));
    }

    [Fact]
    public void A_packet_of_the_settled_source_ends_its_silence()
    {
        var scene = new LatchScene();
        Assert.True(scene.Takes(Sdp));
        Assert.True(scene.After(1999).Takes(Sdp, 1, 2));
        Assert.False(scene.After(1999).Takes(SdpOtherPort));
    }

    [Fact]
    public void A_strict_latch_knows_only_the_sdp_address_and_media_networks()
    {
        foreach (var source in Cast)
        {
            var scene = new LatchScene(Latching.Strict);
            scene.Takes(source);
            Assert.Equal(source.Address == Sdp.Address || source == Carrier || source == OtherCarrier, scene.After(5000).Takes(source));
        }
    }

    [Fact]
    public void Rtcp_comes_from_where_its_rtp_does()
    {
        var scene = new LatchScene { Beside = Stranger };
        Assert.Equal(SourceVerdict.Settled, scene.Judge(StrangerOtherPort, 1, 1));
        scene.Beside = OtherStranger;
        Assert.False(scene.After(1999).Takes(OtherStranger, 9, 5));
        Assert.True(scene.After(1).Takes(OtherStranger, 9, 5));
    }

    [Fact]
    public void A_strict_latch_does_not_take_rtcp_for_its_rtp()
    {
        var scene = new LatchScene(Latching.Strict) { Beside = Stranger };
        Assert.False(scene.After(5000).Takes(StrangerOtherPort));
    }

    [Fact]
    public void Switched_off_it_takes_all()
    {
        var scene = new LatchScene(Latching.Off);
        Assert.All(Cast, source => Assert.True(scene.Takes(source)));
    }

    /// <summary>What was still under way from before must not lead the stream back, though the address be the same.</summary>
    [Fact]
    public void Where_an_end_has_moved_from_waits_like_a_stranger()
    {
        foreach (var (former, next) in new[] { (Sdp, SdpOtherPort), (SdpThirdPort, SdpOtherPort), (Signalling, Sdp.WithPort(4010)), (Carrier, OtherCarrier) })
        {
            var scene = new LatchScene();
            Assert.True(scene.Takes(former));
            scene.Aim(next);
            Assert.False(scene.Takes(former, 1, 2));
            Assert.False(scene.After(999).Takes(former, 1, 3));
            Assert.True(scene.Takes(next, 2, 1));
            Assert.False(scene.After(1).Takes(former, 1, 4));
        }
    }

    /// <summary>It has said that it moves, and goes on sending from where it was: as one behind a NAT does that does not know its address.</summary>
    [Fact]
    public void Who_stays_where_it_was_is_heard_again_after_a_second()
    {
        var scene = new LatchScene();
        Assert.True(scene.Takes(Signalling));
        scene.Aim(Sdp.WithPort(4010));
        Assert.False(scene.Takes(Signalling, 1, 2));
        Assert.True(scene.After(1000).Takes(Signalling, 1, 3));
    }

    /// <summary>Music on hold from elsewhere, then the phone behind its NAT again.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_moves_back_is_heard_at_once(bool hasMoved)
    {
        var scene = new LatchScene();
        Assert.True(scene.Takes(Signalling));
        scene.Aim(Carrier);
        Assert.True(!hasMoved || scene.Takes(Carrier, 2, 1));
        scene.Aim(Sdp);
        Assert.True(scene.Takes(Signalling, 1, 2));
    }

    /// <summary>"After 2 s of silence media_from may take over", wherever it was heard before.</summary>
    [Fact]
    public void After_silence_where_an_end_has_moved_from_is_a_source_as_any()
    {
        foreach (var (former, next) in new[] { (Carrier, OtherCarrier), (Carrier, Sdp.WithPort(4010)), (SdpThirdPort, SdpOtherPort) })
        {
            var scene = new LatchScene();
            Assert.True(scene.Takes(former));
            scene.Aim(next);
            Assert.True(scene.Takes(next, 2, 1));
            Assert.False(scene.After(1999).Takes(former, 3, 1));
            Assert.True(scene.After(1).Takes(former, 3, 2));
        }
    }

    /// <summary>Packets may outrun the first description (RFC 3264 §5.1): by that nobody has moved.</summary>
    [Fact]
    public void The_first_description_leaves_named_sources_what_they_are()
    {
        foreach (var source in new[] { Signalling, Carrier })
        {
            var scene = new LatchScene(isDescribed: false);
            Assert.True(scene.Takes(source));
            scene.Aim(Sdp);
            Assert.True(scene.Takes(source, 1, 2));
        }
    }

    [Fact]
    public void A_strict_latch_knows_who_has_moved_by_its_address_as_ever()
    {
        var scene = new LatchScene(Latching.Strict);
        Assert.True(scene.Takes(SdpThirdPort));
        scene.Aim(SdpOtherPort);
        Assert.True(scene.Takes(SdpThirdPort, 1, 2));
    }

    [Fact]
    public void Hold_and_resume_at_the_same_endpoint_keep_the_source()
    {
        var scene = new LatchScene();
        Assert.True(scene.Takes(Signalling));
        scene.Aim(default);
        Assert.True(scene.Takes(Signalling, 1, 2));
        scene.Aim(Sdp);
        Assert.Equal(Signalling, scene.Settled);
        scene.Aim(Sdp.WithPort(4010));
        Assert.False(scene.IsSettled);
    }
}
