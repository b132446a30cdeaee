using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>INVITEs of the gateway's own that are refused, lost or not delivered: RFC 3261 §12.2.1.2, §14.1.</summary>
public sealed class OwnInviteFailureTests : OwnInviteTest
{
    [Theory]
    [InlineData(true, 488)]
    [InlineData(false, 500)]
    [InlineData(true, 603)]
    [InlineData(false, 401)]
    public void Refused_the_session_is_what_it_was(bool isCaller, int status)
    {
        var (asked, other, phone, otherPhone, known) = Sides(isCaller);
        Ask(asked);
        asked.ExpectRequest("INVITE");
        asked.Answer(status);
        asked.ExpectRequest("ACK");
        Scene.Advance(30_000);
        phone.ExpectNothing();
        Ask(asked);
        Assert.Equal(known, Body(asked.ExpectRequest("INVITE")));
        asked.Accept(phone.Sdp());
        other.Invite(otherPhone.Sdp(version: 2));
        asked.ExpectRequest("INVITE");
        asked.Accept(phone.Sdp());
        other.ExpectAnswered();
        EndNormally(asked, other, isCaller);
    }

    [Fact]
    public void A_2xx_without_an_answer_changes_nothing()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp());
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    [Theory]
    [InlineData(true, 481)]
    [InlineData(false, 481)]
    [InlineData(true, 408)]
    [InlineData(false, 408)]
    public void A_lost_dialog_ends_the_call(bool isCaller, int status)
    {
        var (asked, other, _, _, _) = Sides(isCaller);
        Ask(asked);
        asked.ExpectRequest("INVITE");
        asked.Answer(status);
        asked.ExpectRequest("ACK");
        asked.ExpectBye();
        other.ExpectBye();
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_silent_side_ends_the_call(bool isCaller)
    {
        var (asked, other, phone, _, _) = Sides(isCaller);
        Ask(asked);
        Scene.Advance(64 * CallScene.T1);
        other.ExpectBye();
        Assert.Contains(phone.Take(), sent => sent.StartLine.StartsWith("BYE ", StringComparison.Ordinal));
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
    }

    /// <summary>Nobody else would cancel it, and as long as it is open nobody may change the session.</summary>
    [Fact]
    public void One_that_rings_is_cancelled()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(180);
        Scene.Advance(64 * CallScene.T1);
        b.ExpectCancel();
        Alice.ExpectNothing();
        EndNormally(a, b, true);
    }

    [Fact]
    public void One_that_rings_for_ever_ends_the_call()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(180);
        Scene.Advance(64 * CallScene.T1);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        Scene.Advance(64 * CallScene.T1);
        b.ExpectBye();
        a.ExpectBye();
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
    }

    /// <summary>Over a stream the answer of the network is a lost connection: one more try over a new one, then the call goes on.</summary>
    [Fact]
    public void Undelivered_over_a_stream_it_is_tried_anew()
    {
        var phone = Scene.Phone("alice-tcp", SceneModel.Inside, SceneModel.AliceAddress, 5060, connection: 7);
        var a = phone.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        Ask(a);
        a.ExpectRequest("INVITE");
        Scene.Turn(() => Scene.Harness.ConnectionClosed(phone.Flow));
        Scene.Advance(0);
        a.ExpectRequest("INVITE");
        a.Accept(phone.Sdp());
        EndNormally(a, b, true);
    }

    [Fact]
    public void Undelivered_for_good_the_call_goes_on()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow));
        Scene.Advance(1000);
        Bob.ExpectNothing();
        Alice.ExpectNothing();
        EndNormally(a, b, true);
    }
}
