using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>REFER that goes on to the other side, which carries it out (RFC 3515, RFC 5589).</summary>
public sealed class TransferPassTests : TransferTest
{
    private protected override TransferMode Mode => TransferMode.Pass;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_blind_transfer_crosses_with_its_notifications(bool isCaller)
    {
        var (a, b) = Talk(Alice, Bob);
        var (asker, asked, from, to) = isCaller ? (a, b, Alice, Bob) : (b, a, Bob, Alice);
        asked.Request("INFO");
        asker.AnswerTo(asker.ExpectRequest("INFO"), 200);
        to.ExpectResponse(200);
        asker.Request("REFER", $"Refer-To: \"C\" <sip:+49301@{from.Host};transport=tcp;method=INVITE?Subject=a%20b&Require=replaces>\r\nReferred-By: <sip:me@{from.Host}>\r\nRefer-Sub: true\r\n");
        var refer = asked.ExpectRequest("REFER");
        var host = isCaller ? "127.92.0.20" : "127.91.0.10";
        Assert.Equal($"\"C\" <sip:+49301@{host};method=INVITE?Subject=a%20b&Require=replaces>", refer.Header(HeaderId.ReferTo));
        Assert.Equal($"<sip:me@{host}>", refer.Header(HeaderId.ReferredBy));
        Assert.Contains("\r\nRefer-Sub: true\r\n", refer.Text, StringComparison.Ordinal);
        asked.AnswerTo(refer, 202);
        from.ExpectResponse(202);

        // The REFER has another number on either side, and so has what is told of it.
        var (sent, seen) = (asker.Sequence, refer.Parse().CSeq);
        Assert.NotEqual(sent, seen);
        asked.Request("NOTIFY", $"Event: refer;id={seen}\r\nSubscription-State: active;expires=60\r\n", $"SIP/2.0 180 Ringing\r\nContact: <sip:x@{to.Host}>\r\n", "message/sipfrag;version=2.0");
        var notify = asker.ExpectRequest("NOTIFY");
        Assert.Equal($"refer;id={sent}", notify.Header(HeaderId.Event));
        Assert.Equal("active;expires=60", notify.Header(HeaderId.SubscriptionState));
        Assert.Equal("message/sipfrag;version=2.0", notify.Header(HeaderId.ContentType));
        Assert.Equal("SIP/2.0 180 Ringing\r\n", Body(notify));
        asker.AnswerTo(notify, 200);
        to.ExpectResponse(200);
        asker.Request("SUBSCRIBE", $"Event: refer;id={sent}\r\nExpires: 0\r\n");
        var subscribe = asked.ExpectRequest("SUBSCRIBE");
        Assert.Equal($"refer;id={seen}", subscribe.Header(HeaderId.Event));
        asked.AnswerTo(subscribe, 200);
        from.ExpectResponse(200);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("refer", "refer")]
    [InlineData("refer;id=4711", "refer;id=4711")]
    [InlineData("dialog;id=1", "dialog;id=1")]
    public void Other_events_keep_their_ids(string sent, string seen)
    {
        var (a, b) = Talk(Alice, Bob);
        a.Request("REFER", ReferTo("x", "y"));
        b.AnswerTo(b.ExpectRequest("REFER"), 202);
        Alice.ExpectResponse(202);
        b.Request("NOTIFY", $"Event: {sent}\r\n", $"INVITE sip:x@{Bob.Host} SIP/2.0\r\n", "message/sipfrag");
        var notify = a.ExpectRequest("NOTIFY");
        Assert.Equal(seen, notify.Header(HeaderId.Event));

        // What is no status shows addresses and nothing that the other side needs.
        Assert.Equal("", Body(notify));
        a.AnswerTo(notify, 200);
        Bob.ExpectResponse(200);
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>Bob and carol are phones of a PBX at bob's address: it finds its own dialog in what it is asked to replace.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_attended_transfer_to_a_pbx_that_has_both_calls(bool isCaller)
    {
        var (a, b) = Talk(Alice, Bob);
        var (c, d) = isCaller ? Talk(Alice, Bob) : Swap(Talk(Bob, Alice));
        a.Request("REFER", ReferTo("carol", Alice.Host, replaced: c, more: "&Require=replaces"));
        var refer = b.ExpectRequest("REFER");
        Assert.Equal(("sip:carol@127.92.0.20", OwnName(d)), ReadReferTo(refer));
        Assert.Contains("&Require=replaces>", refer.Header(HeaderId.ReferTo), StringComparison.Ordinal);
        b.AnswerTo(refer, 202);
        Alice.ExpectResponse(202);
        b.Request("NOTIFY", "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\n", "SIP/2.0 200 OK\r\n", "message/sipfrag");
        a.AnswerTo(a.ExpectRequest("NOTIFY"), 200);
        Bob.ExpectResponse(200);

        // The PBX has joined its two sides and does without the gateway.
        d.Bye();
        d.Expect(200);
        c.ExpectBye();
        HangUp(a, b);
        Scene.End();
    }

    private static (PhoneDialog A, PhoneDialog B) Swap((PhoneDialog A, PhoneDialog B) pair) => (pair.B, pair.A);

    /// <summary>Three phones that know only the gateway: bob calls through it in the place of alice, and dave puts him there.</summary>
    [Fact]
    public void An_attended_transfer_from_phone_to_phone()
    {
        var (a, b) = Talk(Alice, Bob);
        var (c, d) = Talk(Alice, Dave);
        a.Request("REFER", ReferTo("dave", Alice.Host, replaced: c));
        var refer = b.ExpectRequest("REFER");
        var (target, replaces) = ReadReferTo(refer);
        Assert.Equal($"sip:dave@{Scene.Model.OutsideAddress}:5060", target);
        b.AnswerTo(refer, 202);
        Alice.ExpectResponse(202);

        var e = Bob.Call("dave", headers: $"Require: replaces\r\nReplaces: {replaces}\r\n");
        var f = Dave.ExpectCall();
        Assert.Equal(OwnName(d), f.Asked.Header(HeaderId.Replaces));
        Assert.Equal("replaces", f.Asked.Header(HeaderId.Require));
        f.Accept();
        e.ExpectAnswered();
        d.Bye();
        d.Expect(200);
        c.ExpectBye();
        HangUp(a, b);
        HangUp(e, f);
        Scene.End();
        Assert.Equal(3, Scene.Journal.Ended.Count);
    }

    [Fact]
    public void A_dialog_of_somebody_else_crosses_unchanged()
    {
        const string Foreign = "12@elsewhere.example;to-tag=77;from-tag=88;early-only;x=y";
        var a = Alice.Call(headers: $"Replaces: {Foreign}\r\nTarget-Dialog: 5@e;local-tag=1;remote-tag=2\r\n");
        var b = Bob.ExpectCall();
        Assert.Equal(Foreign, b.Asked.Header(HeaderId.Replaces));
        Assert.Equal("5@e;local-tag=1;remote-tag=2", b.Asked.Header(HeaderId.TargetDialog));
        b.Accept();
        a.ExpectAnswered();
        a.Request("REFER", $"Refer-To: <sip:c@{Alice.Host}?Replaces={Uri.EscapeDataString(Foreign)}>\r\n");
        var refer = b.ExpectRequest("REFER");
        Assert.Equal(("sip:c@127.92.0.20", Foreign), ReadReferTo(refer));
        b.AnswerTo(refer, 603);
        Alice.ExpectResponse(603);
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("Refer-To: nonsense\r\n", 400)]
    [InlineData("Refer-To: <sip:a@b>, <sip:c@d>\r\n", 400)]
    [InlineData("Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n", 400)]
    [InlineData("Refer-To: <http://a.example/>\r\n", 416)]
    public void A_refer_that_names_no_target_is_refused(string headers, int status)
    {
        var (a, b) = Talk(Alice, Bob);
        a.Request("REFER", headers);
        Alice.ExpectResponse(status);
        Bob.ExpectNothing();
        HangUp(a, b);
        Scene.End();
    }
}
