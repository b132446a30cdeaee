using SipAlg.Calls.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>What is counted as a dialog of a call, from its first response with a tag (RFC 3261 §12.1) to its BYE; the end of each scene sees that none is left.</summary>
public sealed class DialogCountTests : CallTest
{
    private int Dialogs => Scene.Calls.Counters.Dialogs;

    [Fact]
    public void Of_a_call_from_ringing_to_the_end()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        Assert.Equal(0, Dialogs);
        b.Answer(100);
        Assert.Equal(0, Dialogs);
        b.Answer(180);
        a.Expect(180);
        Assert.Equal(2, Dialogs);
        b.Accept();
        a.ExpectAnswered();
        Assert.Equal(2, Dialogs);
        a.Bye();
        Assert.Equal(1, Dialogs);
        a.Expect(200);
        b.ExpectBye();
        Assert.Equal(0, Dialogs);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Each_early_dialog_of_a_fork_is_one_on_both_sides()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        var fork = new PhoneDialog(Bob, b.Asked);
        b.Answer(183, Bob.Sdp());
        a.Expect(183);
        fork.Answer(183, Bob.Sdp(port: 5000));
        var other = a.Another();
        other.Expect(183);
        Assert.Equal(4, Dialogs);
        other.Bye();
        other.Expect(200);
        fork.ExpectBye();
        Assert.Equal(2, Dialogs);
        b.Accept();
        a.ExpectAnswered();
        Assert.Equal(2, Dialogs);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_failure_ends_them()
    {
        var (a, b) = Ringing();
        Assert.Equal(2, Dialogs);
        b.Answer(486);
        b.ExpectRequest("ACK");
        a.Expect(486);
        Assert.Equal(0, Dialogs);
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486);
    }

    [Fact]
    public void A_failure_without_ringing_makes_none()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(486);
        b.ExpectRequest("ACK");
        a.Expect(486);
        Assert.Equal(0, Dialogs);
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486);
    }
}
