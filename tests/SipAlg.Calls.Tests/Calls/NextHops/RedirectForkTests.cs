using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Redirections that are followed while others ring: the contact rings with them (RFC 3261 §16.7).</summary>
public sealed class RedirectForkTests : RedirectTest
{
    [Fact]
    public void Where_others_ring_the_contact_rings_with_them()
    {
        var a = Alice.Call("ring");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        c.Answer(180);
        a.Expect(180);
        Refuse(b, 302, headers: Contacts("<sip:300@x>"));
        var d = Dave.ExpectCall();
        Ports(3);
        d.Answer(180);
        var answer = a.Another();
        answer.Expect(180);
        d.Accept();
        answer.ExpectAnswered();
        c.ExpectCancel();
        Ports(2);
        HangUp(answer, d);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Where_others_ring_a_service_wins()
    {
        var a = Alice.Call("ring");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        c.Answer(183, Carol.Sdp());
        var early = a.Expect(183);
        Refuse(b, 302, headers: Contacts("<sip:service@x>"));
        var answer = a.Another();
        Assert.NotEqual(Tag(early), Tag(answer.ExpectAnswered()));
        c.ExpectCancel();
        Ports(1);
        answer.Bye();
        answer.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Where_others_ring_one_to_nowhere_ends_alone()
    {
        var a = Alice.Call("ring");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        Refuse(b, 302);
        Alice.ExpectNothing();
        Refuse(c, 486);
        Fails(a, 486, CallCause.CalleeRefused, "carol");
    }

    [Fact]
    public void Where_others_ring_a_further_contact_waits()
    {
        var a = Alice.Call("ring");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        Refuse(b, 302, headers: Contacts("<sip:300@x>, <sip:again@x>"));
        Refuse(Dave.ExpectCall(), 486);
        Bob.ExpectNothing();
        Refuse(c, 486);
        Completes(a, Bob.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
