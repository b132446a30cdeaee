using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>INVITEs of the gateway's own in a dialog: RFC 3261 §14, RFC 3264 §8.</summary>
public sealed class OwnInviteTests : CallTest
{
    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private static string Origin(SentMessage sent) => Body(sent).Split("\r\n")[1];

    private (Call Call, Leg Leg) Of(PhoneDialog dialog)
    {
        Assert.True(MintedId.TryParse(Encoding.UTF8.GetBytes(dialog.RemoteTag), out var id));
        var call = (Call)Scene.Calls.At(id.Slot)!;
        return (call, (Leg)call.LegWith(id.Secret, Encoding.UTF8.GetBytes(dialog.LocalTag))!);
    }

    /// <summary>The gateway wants to ask this phone again.</summary>
    private void Ask(PhoneDialog dialog, OwnInvitePurpose purpose = OwnInvitePurpose.Refresh, string offer = "")
    {
        var (call, leg) = Of(dialog);
        Scene.Turn(() => call.AskOwn(leg, purpose, Encoding.UTF8.GetBytes(offer)));
    }

    /// <summary>Who is asked, the other, their phones, and the last description that the asked one was sent.</summary>
    private (PhoneDialog Asked, PhoneDialog Other, ScriptedPhone Phone, ScriptedPhone OtherPhone, string Known) Sides(bool isCaller)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        var answer = a.ExpectAnswered();
        return isCaller ? (a, b, Alice, Bob, Body(answer)) : (b, a, Bob, Alice, Body(b.Asked));
    }

    /// <summary>Moves the clock until the phone is asked, for 4 seconds at most.</summary>
    private SentMessage Await(PhoneDialog dialog)
    {
        var until = Scene.Harness.Time.Now + 4000;
        while (dialog.Phone.Inbox.Count == 0 && Scene.Harness.Time.Now < until)
        {
            Scene.Advance(10);
        }

        return dialog.ExpectRequest("INVITE");
    }

    private void EndNormally(PhoneDialog asker, PhoneDialog asked, bool isCaller)
    {
        HangUp(asker, asked);
        Scene.End(isCaller ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Offers_what_was_agreed_and_the_other_side_hears_nothing(bool isCaller)
    {
        var (asked, other, phone, otherPhone, known) = Sides(isCaller);
        Ask(asked);
        var invite = asked.ExpectRequest("INVITE");
        Assert.Equal(known, Body(invite));
        Assert.NotNull(invite.Header(HeaderId.Contact));
        Assert.StartsWith("INVITE, ACK, CANCEL, BYE, OPTIONS", invite.Header(HeaderId.Allow));
        asked.Accept(phone.Sdp());
        otherPhone.ExpectNothing();
        EndNormally(asked, other, isCaller);
    }

    [Fact]
    public void A_repeated_2xx_gets_its_ack_again()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(200, Bob.Sdp());
        var first = b.ExpectRequest("ACK");
        b.Answer(200, Bob.Sdp());
        Assert.Equal(first.Header(HeaderId.CSeq), b.ExpectRequest("ACK").Header(HeaderId.CSeq));
        EndNormally(a, b, true);
    }

    [Fact]
    public void Offers_the_state_of_hold_after_an_exchange()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        var hold = Body(b.ExpectRequest("INVITE"));
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        var answer = Body(a.ExpectAnswered());
        Ask(b);
        Assert.Equal(hold, Body(b.ExpectRequest("INVITE")));
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        Ask(a);
        Assert.Equal(answer, Body(a.ExpectRequest("INVITE")));
        a.Accept(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        Bob.ExpectNothing();
        Alice.ExpectNothing();
        EndNormally(a, b, true);
    }

    /// <summary>RFC 3261 §14.1: what was agreed before the refused offer holds. RFC 8866 §5.2: the version never goes back.</summary>
    [Fact]
    public void A_refused_offer_is_not_what_was_agreed()
    {
        var (a, b) = Answered();
        var known = Body(b.Asked);
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        b.Answer(488);
        b.ExpectRequest("ACK");
        a.Expect(488);
        Ask(b);
        var again = b.ExpectRequest("INVITE");
        var (id, version) = (Origin(again).Split(' ')[1], ulong.Parse(Origin(again).Split(' ')[2]));
        Assert.Equal(3UL, version);
        Assert.Equal(known, Body(again).Replace($"o=- {id} 3 ", $"o=- {id} 1 ", StringComparison.Ordinal));
        b.Accept(Bob.Sdp());
        EndNormally(a, b, true);
    }

    [Fact]
    public void After_a_delayed_offer()
    {
        var a = Alice.Call(body: "");
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp());
        var offer = Body(a.Expect(200));
        a.Ack(Alice.Sdp());
        var answer = Body(b.ExpectRequest("ACK"));
        Ask(a);
        Assert.Equal(offer, Body(a.ExpectRequest("INVITE")));
        a.Accept(Alice.Sdp());
        Ask(b);
        Assert.Equal(answer, Body(b.ExpectRequest("INVITE")));
        b.Accept(Bob.Sdp());
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_description_inside_multipart_is_offered_alone()
    {
        var a = Alice.Dialog();
        a.Invite($"--x\r\nContent-Type: application/sdp\r\n\r\n{Alice.Sdp()}\r\n--x\r\nContent-Type: application/own\r\n\r\nown\r\n--x--\r\n", type: "multipart/mixed;boundary=x");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        Ask(b);
        var again = b.ExpectRequest("INVITE");
        Assert.Equal("application/sdp", again.Header(HeaderId.ContentType));
        Assert.StartsWith("v=0\r\n", Body(again));
        Assert.DoesNotContain("own", Body(again), StringComparison.Ordinal);
        b.Accept(Bob.Sdp());
        EndNormally(a, b, true);
    }

    [Fact]
    public void The_branch_that_answered_offers_what_it_was_sent()
    {
        var a = Alice.Call();
        var first = Bob.ExpectCall();
        first.Answer(183, Bob.Sdp());
        a.Expect(183);
        var second = new PhoneDialog(Bob, first.Asked);
        second.Accept(Bob.Sdp());
        var another = a.Another();
        another.ExpectAnswered();
        Ask(second);
        Assert.Equal(Body(first.Asked), Body(second.ExpectRequest("INVITE")));
        second.Accept(Bob.Sdp());
        EndNormally(another, second, true);
    }

    [Fact]
    public void A_service_is_asked_too()
    {
        var a = Alice.Call("echo");
        var answer = Body(a.ExpectAnswered());
        Ask(a);
        Assert.Equal(answer, Body(a.ExpectRequest("INVITE")));
        a.Accept(Alice.Sdp());
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §14.1: 2.1 to 4 seconds for who made the Call-ID, up to 2 for the other.</summary>
    [Theory]
    [InlineData(true, 0, 2000)]
    [InlineData(false, 2100, 4000)]
    public void Glare_is_tried_again_in_time(bool isCaller, long from, long to)
    {
        var (asked, other, phone, _, _) = Sides(isCaller);
        for (var round = 0; round < 20; round++)
        {
            Ask(asked);
            asked.ExpectRequest("INVITE");
            asked.Answer(491);
            asked.ExpectRequest("ACK");
            var began = Scene.Harness.Time.Now;
            Await(asked);
            Assert.InRange(Scene.Harness.Time.Now - began, from, to);
            asked.Accept(phone.Sdp());
        }

        EndNormally(asked, other, isCaller);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_crosses_it_is_491(bool isCaller)
    {
        var (asked, other, phone, otherPhone, _) = Sides(isCaller);
        Ask(asked);
        var invite = asked.ExpectRequest("INVITE");
        asked.Invite(phone.Sdp(version: 2));
        asked.Expect(491);
        asked.Request("UPDATE", body: phone.Sdp(version: 2));
        phone.ExpectResponse(491);
        other.Invite(otherPhone.Sdp(version: 2));
        other.Expect(491);
        other.Request("UPDATE", body: otherPhone.Sdp(version: 2));
        otherPhone.ExpectResponse(491);
        asked.AnswerTo(invite, 491);
        asked.ExpectRequest("ACK");

        // The one who lost waits; meanwhile the way is free for others, and there is nothing left to refresh.
        asked.Invite(phone.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        other.ExpectRequest("INVITE");
        other.Answer(100);
        Scene.Advance(4000);
        phone.ExpectNothing();
        other.Accept(otherPhone.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        asked.ExpectAnswered();
        Scene.Advance(4000);
        phone.ExpectNothing();
        EndNormally(asked, other, isCaller);
    }

    /// <summary>RFC 3261 §14.1: our 2xx has no ACK yet.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_waits_while_the_dialog_is_busy(bool isCaller)
    {
        var (asked, other, phone, otherPhone, _) = Sides(isCaller);
        asked.Invite(phone.Sdp(version: 2));
        other.ExpectRequest("INVITE");
        other.Accept(otherPhone.Sdp());
        asked.Expect(200);
        Ask(asked);
        phone.ExpectNothing();
        asked.Ack();
        Await(asked);
        asked.Accept(phone.Sdp(version: 2));
        otherPhone.ExpectNothing();
        EndNormally(asked, other, isCaller);
    }

    [Fact]
    public void One_after_the_other()
    {
        var (a, b) = Answered();
        var offer = Body(b.Asked).Replace("a=rtpmap:0 PCMU/8000\r\n", "", StringComparison.Ordinal);
        Ask(b);
        b.ExpectRequest("INVITE");
        Ask(b, OwnInvitePurpose.Change, offer);
        Bob.ExpectNothing();
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        var second = b.ExpectRequest("INVITE");
        Assert.Equal("1", offer.Split(" ")[2]);
        Assert.Equal("2", Origin(second).Split(' ')[2]);
        Assert.DoesNotContain("PCMU", Body(second), StringComparison.Ordinal);
        b.Accept(Bob.Sdp());
        EndNormally(a, b, true);
    }

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

    [Fact]
    public void A_bye_of_the_asked_side_crosses_it()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Bye();
        b.Expect(200);
        a.ExpectBye();
        b.Answer(487);
        b.ExpectRequest("ACK");
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_of_the_other_side_crosses_it()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(100);
        a.Bye();
        a.Expect(200);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.ExpectBye();
        b.Answer(487);
        b.ExpectRequest("ACK");
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Hanging_up_while_it_waits_leaves_nothing()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(491);
        b.ExpectRequest("ACK");
        Ask(b, OwnInvitePurpose.Change, Body(b.Asked));
        EndNormally(a, b, true);
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

    // ---- what the answer changes

    [Theory]
    [InlineData("a=sendonly\r\n", "a=sendonly")]
    [InlineData("a=inactive\r\n", "a=inactive")]
    public void A_change_of_direction_is_told_to_the_other_side(string attributes, string told)
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: attributes));
        var change = a.ExpectRequest("INVITE");
        Assert.Contains(told, Body(change), StringComparison.Ordinal);
        Assert.Equal("2", Origin(change).Split(' ')[2]);
        a.Accept(Alice.Sdp(version: 2, attributes: "a=inactive\r\n"));
        Bob.ExpectNothing();
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_stream_that_is_refused_is_told_and_gives_its_ports_back()
    {
        const string Video = "m=video 5000 RTP/AVP 96\r\n";
        var (a, b) = Answered(Alice.Sdp(media: Video), Bob.Sdp(media: Video));
        Assert.Equal(4, Scene.PortsInUse);
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, media: "m=video 0 RTP/AVP 96\r\n"));
        Assert.Contains("m=video 0 RTP/AVP 96\r\n", Body(a.ExpectRequest("INVITE")), StringComparison.Ordinal);
        a.Accept(Alice.Sdp(version: 2, media: "m=video 0 RTP/AVP 96\r\n"));
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)));
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_change_that_is_overtaken_is_not_told()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Alice.ExpectResponse(200);
        Ask(a);
        a.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        a.Answer(491);
        a.ExpectRequest("ACK");

        // Behind the one to alice that waits now; before its time comes bob is back.
        b.Invite(Bob.Sdp(version: 3));
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp());
        b.ExpectAnswered();
        Scene.Advance(4000);
        Alice.ExpectNothing();
        EndNormally(a, b, true);
    }
}
