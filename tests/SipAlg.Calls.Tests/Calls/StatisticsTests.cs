using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>What is told of a call's media: while it is alive, in its record, and in the counters of legs.</summary>
public sealed class StatisticsTests : DtmfTest
{

    protected override SceneOptions Options => new();

    private MediaQuality Quality => Scene.Calls.Counters.Quality;

    private static long Count(Histogram histogram) => histogram.Buckets.Sum();

    private CallStream Recorded(int index = 0) => Scene.Journal.Ended[0].Streams[index];

    /// <summary>Numbers 1000, 1001 and 1003 from alice.</summary>
    private void SendWithLoss()
    {
        foreach (var sequence in (ushort[])[1000, 1001, 1003])
        {
            FromAlice.Sequence = sequence;
            FromAlice.SendAudio();
            FromBob.Receive();
        }
    }

    [Fact]
    public void A_record_has_both_directions_of_a_stream()
    {
        var (a, b) = Call();
        SendWithLoss();
        FromBob.SendAudio();
        FromAlice.Receive();
        End(a, b);

        var stream = Assert.Single(Scene.Journal.Ended[0].Streams);
        Assert.Equal((0, StreamKind.Audio), (stream.Index, stream.Kind));
        Assert.Equal((3, 3 * 172, 4, 1), (stream.FromCaller.Packets, stream.FromCaller.Octets, stream.FromCaller.Expected, stream.FromCaller.Lost));
        Assert.Equal((8000, 2, (byte)8, 7u), (stream.FromCaller.ClockRate, stream.FromCaller.JitterSamples, stream.FromCaller.PayloadType, stream.FromCaller.Ssrc));
        Assert.Equal((1, 0), (stream.FromCallee.Packets, stream.FromCallee.Lost));
        Assert.True(stream.FromCaller.Last >= stream.FromCaller.First);
    }

    [Fact]
    public void A_live_call_tells_them_too()
    {
        var (a, b) = Call();
        var page = new CallRecord[1];
        Scene.Calls.List(0, page, out _);
        var id = page[0].Id;
        Assert.Equal(default, Assert.Single(Scene.Calls.StreamsOf(id)).FromCaller);
        SendWithLoss();
        Assert.Equal((3, 1), Assert.Single(Scene.Calls.StreamsOf(id)) is var stream ? (stream.FromCaller.Packets, stream.FromCaller.Lost) : default);
        a.Bye();
        a.Expect(200);
        Assert.Equal(3, Assert.Single(Scene.Calls.StreamsOf(id)).FromCaller.Packets);
        b.ExpectBye();
        Scene.End();
        Assert.Empty(Scene.Calls.StreamsOf(id));
    }

    [Fact]
    public void A_leg_is_observed_once_at_its_end()
    {
        var (a, b) = Call();
        SendWithLoss();
        var (alice, bob) = (Scene.Model.Alice.Index, Scene.Model.Bob.Index);
        Assert.Equal(0, Count(Quality.Loss(SceneModel.Inside, alice)));
        End(a, b);
        Assert.Equal((1, 0.25), (Count(Quality.Loss(SceneModel.Inside, alice)), Quality.Loss(SceneModel.Inside, alice).Sum));
        Assert.Equal(1, Count(Quality.Jitter(SceneModel.Inside, alice)));

        // Bob sent nothing, which is no quality.
        Assert.Equal((0, 0), (Count(Quality.Loss(SceneModel.Outside, bob)), Count(Quality.Jitter(SceneModel.Outside, bob))));
        Assert.Equal(0, Count(Quality.Loss(SceneModel.Inside, null)));
    }

    [Fact]
    public void A_stream_that_is_given_up_is_in_the_record()
    {
        using var video = new MediaSocket(SceneModel.AliceAddress);
        using var bobsVideo = new MediaSocket(SceneModel.BobAddress);
        var a = Alice.Call(body: AliceSdp(attributes: $"m=video {video.Port} RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
        var b = Bob.ExpectCall();
        b.Accept(BobSdp(attributes: $"m=video {bobsVideo.Port} RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
        video.Learn(Scene.Model.InsideAddress, a.ExpectAnswered(), "m=video");
        video.SendAudio();
        bobsVideo.Receive();
        a.Invite(AliceSdp(2, "m=video 0 RTP/AVP 96\r\n"));
        b.ExpectRequest("INVITE");
        b.Accept(BobSdp(2, attributes: "m=video 0 RTP/AVP 96\r\n"));
        a.ExpectAnswered();
        End(a, b);

        Assert.Equal(2, Scene.Journal.Ended[0].Streams.Count);
        Assert.Equal((1, StreamKind.Video, 1), (Recorded(1).Index, Recorded(1).Kind, Recorded(1).FromCaller.Packets));
        Assert.Equal(0, Count(Quality.Loss(SceneModel.Inside, Scene.Model.Alice.Index)));
    }

    [Fact]
    public void A_call_that_nobody_answered_has_no_streams()
    {
        var (a, b) = Ringing();
        b.Answer(486);
        b.ExpectRequest("ACK");
        a.Expect(486);
        Assert.Empty(Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486).Streams);
    }

    [Fact]
    public void A_service_is_told_what_the_caller_sent()
    {
        var a = Alice.Call("echo", AliceSdp());
        FromAlice.Learn(Scene.Model.InsideAddress, a.ExpectAnswered());
        FromAlice.SendAudio();
        FromAlice.Receive();
        a.Bye();
        a.Expect(200);
        var stream = Assert.Single(Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).Streams);
        Assert.Equal((1, 0, StreamKind.Audio), (stream.FromCaller.Packets, stream.FromCallee.Packets, stream.Kind));
        Assert.Equal(1, Count(Quality.Loss(SceneModel.Inside, Scene.Model.Alice.Index)));
    }

    [Fact]
    public void What_is_no_rtp_has_packets_alone()
    {
        using var fax = new MediaSocket(SceneModel.AliceAddress);
        using var bobsFax = new MediaSocket(SceneModel.BobAddress);
        var a = Alice.Call(body: Alice.Sdp(1, null, $"m=image {fax.Port} udptl t38\r\n"));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(1, null, $"m=image {bobsFax.Port} udptl t38\r\n"));
        fax.Learn(Scene.Model.InsideAddress, a.ExpectAnswered(), "m=image");
        fax.SendAudio();
        bobsFax.Receive();
        End(a, b);
        Assert.Equal((StreamKind.Image, 1, false), (Recorded().Kind, Recorded().FromCaller.Packets, Recorded().FromCaller.IsRtp));
    }
}
