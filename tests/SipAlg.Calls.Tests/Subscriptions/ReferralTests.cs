using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Subscriptions;

/// <summary>REFER outside a dialog (RFC 3515): it begins a subscription to what becomes of it.</summary>
public sealed class ReferralTests : SubscriptionTest
{
    private (PhoneDialog A, PhoneDialog B) Referred(string headers = "")
    {
        var a = Alice.Dialog();
        a.Sequence = 40;
        a.Request("REFER", $"Contact: <{Alice.Contact}>\r\nRefer-To: <sip:carol@{Alice.Host}>\r\n{headers}");
        var b = Bob.ExpectSubscription("REFER");
        Assert.Equal("41 REFER", b.Asked.Header(HeaderId.CSeq));
        Assert.Equal("<sip:carol@127.92.0.20>", b.Asked.Header(HeaderId.ReferTo));
        return (a, b);
    }

    [Theory]
    [InlineData("refer")]
    [InlineData("refer;id=41")]
    public void Its_notifies_cross(string name)
    {
        var (a, b) = Referred();
        b.AnswerTo(b.Asked, 202, phrase: "Accepted", headers: $"Contact: <{Bob.Contact}>\r\n");
        Assert.Null(a.ExpectSubscribed(202).Header(HeaderId.Expires));
        b.Notify(Bob, "active;expires=60", "SIP/2.0 100 Trying", "message/sipfrag", name);
        var notify = a.ExpectNotify();
        Assert.Equal((name, "SIP/2.0 100 Trying"), (notify.Header(HeaderId.Event), notify.BodyText().Trim()));
        Bob.ExpectResponse(200);
        b.Notify(Bob, "terminated;reason=noresource", "SIP/2.0 200 OK", "message/sipfrag", name);
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        End();
    }

    [Fact]
    public void A_refusal_crosses()
    {
        var (a, b) = Referred();
        b.AnswerTo(b.Asked, 603, phrase: "Decline");
        a.Expect(603);
        End();
    }

    /// <summary>RFC 4488.</summary>
    [Fact]
    public void Nobody_is_notified_where_both_agree()
    {
        var (a, b) = Referred("Refer-Sub: false\r\n");
        b.AnswerTo(b.Asked, 200, phrase: "OK", headers: $"Contact: <{Bob.Contact}>\r\nRefer-Sub: false\r\n");
        a.Expect(200);
        End();
    }

    [Fact]
    public void It_is_never_reported_on()
    {
        var (a, b) = Referred();
        b.AnswerTo(b.Asked, 202, headers: $"Contact: <{Bob.Contact}>\r\n");
        a.ExpectSubscribed(202);
        Scene.Advance(Timeout);
        Assert.Equal("refer", a.ExpectNotify(481).Header(HeaderId.Event));
        b.AnswerTo(b.ExpectRequest("SUBSCRIBE"), 481);
        End();
    }
}
