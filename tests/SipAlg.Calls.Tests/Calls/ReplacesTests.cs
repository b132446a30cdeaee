using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>An INVITE that is to take the place of one side of a call (RFC 3891 §3).</summary>
public sealed class ReplacesTests : TransferTest
{
    private protected override IEnumerable<Route> MoreRoutes(SceneModel model) =>
        [SceneModel.Route("back", [SceneModel.Called("back")], SceneModel.To(model.Bob))];

    /// <summary>A phone of the PBX at bob's address follows a Refer-To by way of the gateway.</summary>
    [Theory]
    [InlineData("back")]
    [InlineData("bob")]
    public void A_dialog_of_the_target_keeps_its_name(string called)
    {
        var (a, b) = Talk(Alice, Bob);
        var caller = called == "back" ? Bob : Alice;
        var e = caller.Call(called, headers: $"Replaces: {(called == "back" ? OwnName(b) : Replaces(a))}\r\n");
        var f = Bob.ExpectCall();
        if (caller == Bob)
        {
            Bob.ExpectResponse(100);
        }

        Assert.Equal(OwnName(b), f.Asked.Header(HeaderId.Replaces));
        Assert.Null(f.Asked.Header(HeaderId.Require));
        f.Answer(486);
        Bob.ExpectRequest("ACK");
        e.Expect(486);
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>Alice's call rings, and a phone beside hers takes it over: the far side that calls gets the name of its own dialog.</summary>
    [Fact]
    public void An_early_dialog_may_be_replaced()
    {
        var b = Bob.Call("alice", headers: Supports);
        var a = Alice.ExpectCall();
        a.Answer(180);
        b.Expect(180);
        var e = Alice.Call("bob", headers: $"Replaces: {a.CallId};to-tag={a.RemoteTag};from-tag={a.LocalTag};early-only\r\n");
        var f = Bob.ExpectCall();
        Assert.Equal($"{b.CallId};to-tag={b.LocalTag};from-tag={b.RemoteTag};early-only", f.Asked.Header(HeaderId.Replaces));
        f.Accept();
        e.ExpectAnswered();
        b.Cancel();
        Bob.ExpectResponse(200);
        a.ExpectCancel();
        b.Expect(487);
        HangUp(e, f);
        Scene.End();
    }

    [Theory]
    [InlineData("{0};to-tag={1};from-tag=wrong", 481)]
    [InlineData("wrong;to-tag={1};from-tag={2}", 481)]
    [InlineData("{0};to-tag=wrong;from-tag={1}", 481)]
    [InlineData("{0};to-tag={1};from-tag={2};early-only", 486)]
    [InlineData("{0};to-tag={1}", 400)]
    [InlineData("{0};to-tag={1};from-tag={2}\r\nReplaces: {0};to-tag={1};from-tag={2}", 400)]
    [InlineData("{0};to-tag={1};from-tag={2}\r\nJoin: {0};to-tag={1};from-tag={2}", 400)]
    public void What_names_no_dialog_that_may_be_replaced(string replaces, int status)
    {
        var (a, b) = Talk(Alice, Bob);
        var e = Alice.Call(headers: "Replaces: " + string.Format(System.Globalization.CultureInfo.InvariantCulture, replaces, a.CallId, a.RemoteTag, a.LocalTag) + "\r\n");
        e.Expect(status);
        Bob.ExpectNothing();
        HangUp(a, b);
        Scene.End();
        Assert.Equal(CallCause.NothingToReplace, Scene.Journal.Ended[0].Cause);
        Assert.Equal(CallOutcome.Rejected, Scene.Journal.Ended[0].Outcome);
    }

    /// <summary>Bob can replace nothing, so the gateway puts dave in the place of alice in the dialog that bob has.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_gateway_replaces_where_the_far_side_cannot(bool isCaller)
    {
        var (a, b) = isCaller ? Talk(Alice, Bob, "") : Swap(Talk(Bob, Alice, ""));
        var e = Alice.Call("bob", headers: $"Require: replaces\r\nReplaces: {Replaces(a)}\r\n");
        var invite = b.ExpectRequest("INVITE");
        Assert.Null(invite.Header(HeaderId.Replaces));
        Bob.ExpectNothing();
        b.Accept(Bob.Sdp(version: 2, attributes: "a=x-bob\r\n"));
        a.ExpectBye();
        Assert.Contains("a=x-bob", Body(e.ExpectAnswered()), StringComparison.Ordinal);
        Assert.Equal(1, Scene.Calls.Counters.Active);
        e.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        Assert.Contains("a=sendonly", Body(b.ExpectRequest("INVITE")), StringComparison.Ordinal);
        b.Accept(Bob.Sdp(version: 3, attributes: "a=recvonly\r\n"));
        e.ExpectAnswered();
        HangUp(b, e);
        Scene.End();
        var (old, now) = (Scene.Journal.Ended[0], Scene.Journal.Ended[1]);
        Assert.Equal((CallCause.Replaced, (ulong?)now.Id), (old.Cause, old.ContinuedIn));
        Assert.Equal((CallCause.CalleeHungUp, "bob"), (now.Cause, now.ToPeer));
    }

    private static (PhoneDialog A, PhoneDialog B) Swap((PhoneDialog A, PhoneDialog B) pair) => (pair.B, pair.A);

    /// <summary>An attended transfer between three phones of which the last knows no Replaces: the alias leads to its dialog.</summary>
    [Fact]
    public void The_gateway_replaces_by_alias()
    {
        var (a, b) = Talk(Alice, Bob);
        var (c, d) = Talk(Alice, Dave, "");
        a.Request("REFER", ReferTo("dave", Alice.Host, replaced: c));
        var refer = b.ExpectRequest("REFER");
        b.AnswerTo(refer, 202);
        Alice.ExpectResponse(202);
        var e = Bob.Call("dave", headers: $"Require: replaces\r\nReplaces: {ReadReferTo(refer).Replaces}\r\n");
        d.ExpectRequest("INVITE");
        Dave.ExpectNothing();
        d.Accept(Dave.Sdp(version: 2));
        c.ExpectBye();
        e.ExpectAnswered();
        HangUp(a, b);
        HangUp(e, d);
        Scene.End();
    }

    [Theory]
    [InlineData(488)]
    [InlineData(603)]
    public void Who_stays_refuses_the_one_who_comes(int status)
    {
        var (a, b) = Talk(Alice, Bob, "");
        var e = Alice.Call(headers: $"Replaces: {Replaces(a)}\r\n");
        b.ExpectRequest("INVITE");
        b.Answer(status);
        b.ExpectRequest("ACK");
        e.Expect(status);
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_comes_gives_up(bool hasAgreed)
    {
        var (a, b) = Talk(Alice, Bob, "");
        var e = Alice.Call(headers: $"Replaces: {Replaces(a)}\r\n");
        b.ExpectRequest("INVITE");
        b.Answer(100);
        e.Cancel();
        Alice.ExpectResponse(200);
        e.Expect(487);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        if (hasAgreed)
        {
            // Bob is told of alice's first phone again.
            b.Accept(Bob.Sdp(version: 2));
            b.ExpectRequest("INVITE");
            b.Accept(Bob.Sdp(version: 3));
        }
        else
        {
            b.Answer(487);
            b.ExpectRequest("ACK");
        }

        HangUp(a, b);
        Scene.End();
    }

    /// <summary>RFC 3261 §9.1: an INVITE is cancelled once it has had a provisional response.</summary>
    [Fact]
    public void Who_comes_gives_up_before_who_stays_has_said_anything()
    {
        var (a, b) = Talk(Alice, Bob, "");
        var e = Alice.Call(headers: $"Replaces: {Replaces(a)}\r\n");
        b.ExpectRequest("INVITE");
        e.Cancel();
        Alice.ExpectResponse(200);
        e.Expect(487);
        Bob.ExpectNothing();
        b.Answer(180);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.Answer(487);
        b.ExpectRequest("ACK");
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_call_ends_while_somebody_comes(bool byWhoStays)
    {
        var (a, b) = Talk(Alice, Bob, "");
        var e = Alice.Call(headers: $"Replaces: {Replaces(a)}\r\n");
        b.ExpectRequest("INVITE");
        (byWhoStays ? b : a).Bye();
        (byWhoStays ? Bob : Alice).ExpectResponse(200);
        e.Expect(481);
        (byWhoStays ? a : b).ExpectBye();
        Scene.End();
    }

    [Fact]
    public void Who_comes_without_an_offer_is_488()
    {
        var (a, b) = Talk(Alice, Bob, "");
        var e = Alice.Dialog();
        e.Invite(headers: $"Replaces: {Replaces(a)}\r\n");
        e.Expect(488);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void One_at_a_time()
    {
        var (a, b) = Talk(Alice, Bob, "");
        var e = Alice.Call(headers: $"Replaces: {Replaces(a)}\r\n");
        var invite = b.ExpectRequest("INVITE");
        Alice.Call(headers: $"Replaces: {Replaces(a)}\r\n").Expect(491);
        a.Request("REFER", ReferTo("carol", "gw"));
        Alice.ExpectResponse(491);
        a.Invite(Alice.Sdp(version: 2));
        a.Expect(491);
        b.AnswerTo(invite, 200, Bob.Sdp(version: 2), headers: $"Contact: <{Bob.Contact}>\r\n");
        b.ExpectRequest("ACK");
        a.ExpectBye();
        e.ExpectAnswered();
        HangUp(e, b);
        Scene.End();
    }

    [Fact]
    public void A_dialog_that_has_ended_is_603()
    {
        var (a, b) = Talk(Alice, Bob);
        a.Bye();
        a.Expect(200);
        var e = Alice.Call(headers: $"Replaces: {Replaces(a)}\r\n");
        e.Expect(603);
        b.ExpectBye();
        Scene.End();
    }

    [Fact]
    public void What_the_dialplan_forbids_is_not_replaced_either()
    {
        var (a, b) = Talk(Alice, Bob);
        Alice.Call("barred", headers: $"Replaces: {Replaces(a)}\r\n").Expect(403);
        HangUp(a, b);
        Scene.End();
    }
}
