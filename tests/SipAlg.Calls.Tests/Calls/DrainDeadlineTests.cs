using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>The gateway drains, and the deadline of that comes.</summary>
public sealed class DrainDeadlineTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        Routes = model => [SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112")], isEmergency: true), RouteEdits.None, SceneModel.To(model.Bob))],
    };

    private void End() => Scene.Turn(() =>
    {
        Scene.Calls.IsDraining = true;
        Scene.Calls.EndDrained();
    });

    [Fact]
    public void Both_are_hung_up_and_told_why()
    {
        var (a, b) = Answered();
        End();
        foreach (var phone in new[] { a, b })
        {
            Assert.Equal("SIP;cause=503;text=\"Gateway drained\"", phone.ExpectBye().Header(HeaderId.Reason));
        }

        Scene.End(CallCause.DrainDeadline, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Who_waits_for_an_answer_is_sent_elsewhere()
    {
        var (a, b) = Ringing();
        End();
        a.Expect(503);
        b.ExpectCancel();
        Scene.End(CallCause.DrainDeadline, CallOutcome.Rejected, 503);
    }

    [Fact]
    public void Emergency_calls_go_on()
    {
        var a = Alice.Call("112");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        End();
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
