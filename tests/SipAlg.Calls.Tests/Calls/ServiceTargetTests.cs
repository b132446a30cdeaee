using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>A service behind a target that has rung, and what a caller may ask of it.</summary>
public sealed class ServiceTargetTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        Routes = model => [SceneModel.Route("then", [SceneModel.Called("then")], SceneModel.To(model.Bob), SceneModel.Service(ServiceKind.Echo))],
    };

    /// <summary>RFC 3262 §3: the 2xx may go before the PRACK of a mere 180, which is then not sent again, nor its PRACK missed.</summary>
    [Fact]
    public void A_reliable_180_before_it_is_over_with_the_answer()
    {
        var a = Alice.Call("then", headers: "Require: 100rel\r\n");
        var b = Bob.ExpectCall();
        b.Answer(180);
        a.Expect(180);
        b.Answer(503);
        Bob.ExpectRequest("ACK");
        a.ExpectAnswered();
        Scene.Advance(60_000);
        Alice.ExpectNothing();
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3311 §5.2: Allow names UPDATE, so an offer in one is answered.</summary>
    [Fact]
    public void An_update_is_answered()
    {
        var a = Alice.Call("echo");
        a.ExpectAnswered();
        a.Request("UPDATE", $"Contact: <{Alice.Contact}>\r\n", Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        var answer = a.Expect(200);
        Assert.Contains("a=recvonly", answer.Text, StringComparison.Ordinal);
        Assert.NotNull(answer.Header(HeaderId.Contact));
        a.Request("UPDATE", $"Contact: <{Alice.Contact}>\r\n", Alice.Sdp(3, null, "m=video 4000 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n"));
        a.Expect(488);
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
