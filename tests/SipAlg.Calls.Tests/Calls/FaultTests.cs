using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>A defect ends what it came up in, and leaves nothing of it behind.</summary>
public sealed class FaultTests : CallTest
{
    protected override SceneOptions Options => new() { MediaPairs = 1 };

    /// <summary>Bob is counted before there is anything else of the attempt at him; the scene's end looks at his count.</summary>
    [Fact]
    public void While_a_target_is_about_to_be_asked()
    {
        Scene.Journal.Defect = new InvalidOperationException("defect");
        var media = "m=video 4002 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n";
        Assert.Throws<InvalidOperationException>(() => Alice.Call(body: Alice.Sdp(media: media)));
        Scene.Turn(() => Scene.Calls.OnFault(Scene.Journal.Defect));
        Assert.StartsWith("SIP/2.0 ", Alice.Take()[^1].StartLine, StringComparison.Ordinal);
        Bob.ExpectNothing();
        Scene.End();
        Assert.All(Scene.Peers, peer => Assert.Equal(0, peer.ActiveCalls));
    }
}
