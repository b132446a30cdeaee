using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Subscriptions;

/// <summary>RFC 6665: what a subscription goes through when nothing is lost.</summary>
public sealed class SubscriptionTests : SubscriptionTest
{
    [Fact]
    public void Each_side_has_a_dialog_of_its_own()
    {
        var a = Alice.Subscribe(headers: "Accept: application/dialog-info+xml\r\nAllow-Events: dialog, presence\r\nX-Kept: yes\r\nMax-Forwards: 30\r\n");
        var b = Bob.ExpectSubscription();
        Assert.StartsWith("SUBSCRIBE sip:bob@127.92.0.20:5060 SIP/2.0", b.Asked.Text, StringComparison.Ordinal);
        Assert.StartsWith("\"alice\" <sip:alice@127.92.0.20>;tag=", b.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.Equal("application/dialog-info+xml", b.Asked.Header(HeaderId.Accept));
        Assert.Equal("dialog, presence", b.Asked.Header(HeaderId.AllowEvents));
        Assert.Equal(("dialog", "600", "29"), (b.Asked.Header(HeaderId.Event), b.Asked.Header(HeaderId.Expires), b.Asked.Header(HeaderId.MaxForwards)));
        Assert.Contains("X-Kept: yes\r\n", b.Asked.Text, StringComparison.Ordinal);
        Assert.NotEqual(a.CallId, b.CallId);

        b.Grant(Bob, 500);
        var answer = a.ExpectSubscribed();
        Assert.Equal("500", answer.Header(HeaderId.Expires));
        Assert.Contains(Scene.Model.InsideAddress, answer.Header(HeaderId.Contact), StringComparison.Ordinal);

        b.Notify(Bob, "active;expires=499;x=y", "<x/>", "application/x-own+xml", headers: "X-Kept: too\r\n");
        var notify = a.ExpectNotify();
        Assert.Equal("active;expires=499;x=y", notify.Header(HeaderId.SubscriptionState));
        Assert.Equal("<x/>", notify.BodyText());
        Assert.Contains("X-Kept: too\r\n", notify.Text, StringComparison.Ordinal);
        Assert.Contains(Scene.Model.InsideAddress, notify.Header(HeaderId.Contact), StringComparison.Ordinal);
        Assert.Equal("1 NOTIFY", notify.Header(HeaderId.CSeq));
        Bob.ExpectResponse(200);
        Assert.Equal((1, 0), (Scene.Calls.Counters.Subscriptions, Scene.Calls.Count));
        Unsubscribe(a, b);
    }

    [Fact]
    public void A_notify_may_come_before_the_2xx()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        b.Notify(Bob);
        var notify = a.ExpectNotify();
        Bob.ExpectResponse(200);
        b.Grant(Bob);
        var answer = a.ExpectSubscribed();
        Assert.Equal(notify.Parse().FromTag.Length, answer.Parse().ToTag.Length);
        Assert.Contains(answer.Header(HeaderId.To)!.Split("tag=")[1], notify.Header(HeaderId.From), StringComparison.Ordinal);
        Notified(a, b);
        Unsubscribe(a, b);
    }

    [Fact]
    public void A_refresh_goes_on_and_keeps_it()
    {
        var (a, b) = Subscribed(expires: 100);
        Scene.Advance(90_000);
        a.Refresh(Alice, 100, headers: "Accept: text/x\r\n");
        var refresh = b.ExpectRequest("SUBSCRIBE");
        Assert.Equal(("2 SUBSCRIBE", "text/x"), (refresh.Header(HeaderId.CSeq), refresh.Header(HeaderId.Accept)));
        b.Grant(Bob, 80, refresh);
        Assert.Equal("80", a.Expect(200).Header(HeaderId.Expires));
        Notified(a, b, "active;expires=80");
        Scene.Advance(79_000);
        Notified(a, b, "active;expires=1");
        Scene.Advance(Timeout + 2000);
        End();
    }

    /// <summary>RFC 6665 §4.2.1.1: the notifier may shorten, and never lengthen.</summary>
    [Theory]
    [InlineData(600, "Expires: 60\r\n", "60")]
    [InlineData(600, "Expires: 7200\r\n", "600")]
    [InlineData(600, "", "600")]
    [InlineData(-1, "", "3600")]
    [InlineData(-1, "Expires: 120\r\n", "120")]
    [InlineData(1_000_000, "Expires: 1000000\r\n", "86400")]
    [InlineData(600, "Expires: nonsense\r\n", "600")]
    [InlineData(600, "Expires: 99999999999999999999\r\n", "600")]
    public void The_notifier_says_how_long(int asked, string granted, string seen)
    {
        var a = Alice.Subscribe(expires: asked);
        var b = Bob.ExpectSubscription();
        b.AnswerTo(b.Asked, 202, phrase: "Accepted", headers: $"{granted}Contact: <{Bob.Contact}>\r\n");
        Assert.Equal(seen, a.ExpectSubscribed(202).Header(HeaderId.Expires));
        Notified(a, b, "active");
        Unsubscribe(a, b);
    }

    [Fact]
    public void A_fetch_is_one_notify()
    {
        var a = Alice.Subscribe(expires: 0);
        var b = Bob.ExpectSubscription();
        b.Grant(Bob, 0);
        Assert.Equal("0", a.ExpectSubscribed().Header(HeaderId.Expires));
        Notified(a, b, "terminated;reason=timeout");
        End();
    }

    [Fact]
    public void A_fetch_whose_notify_comes_first()
    {
        var a = Alice.Subscribe(expires: 0);
        var b = Bob.ExpectSubscription();
        Notified(a, b, "terminated;reason=timeout");
        b.Grant(Bob, 0);
        a.ExpectSubscribed();
        End();
    }

    [Fact]
    public void The_notifier_ends_it()
    {
        var (a, b) = Subscribed();
        b.Notify(Bob, "terminated;reason=probation;retry-after=77");
        Assert.Equal("terminated;reason=probation;retry-after=77", a.ExpectNotify().Header(HeaderId.SubscriptionState));
        Bob.ExpectResponse(200);
        Assert.Equal(0, Scene.Calls.Owners);
        a.Refresh(Alice);
        a.Expect(481);
        b.Notify(Bob);
        Bob.ExpectResponse(481);
        End();
    }

    /// <summary>Behind the last NOTIFY nothing is taken any more, though its answer is still to come.</summary>
    [Fact]
    public void The_last_notify_is_the_last()
    {
        var (a, b) = Subscribed();
        b.Notify(Bob, "terminated;reason=noresource");
        b.Notify(Bob);
        Bob.ExpectResponse(481);
        a.Refresh(Alice);
        var last = a.ExpectRequest("NOTIFY");
        a.Expect(481);
        a.AnswerTo(last, 200);
        Bob.ExpectResponse(200);
        End();
    }

    [Theory]
    [InlineData(489, "Allow-Events: presence\r\n")]
    [InlineData(423, "Min-Expires: 3600\r\n")]
    [InlineData(415, "Accept: text/plain\r\n")]
    [InlineData(486, "Retry-After: 30\r\n")]
    [InlineData(604, "")]
    public void A_refusal_crosses(int status, string headers)
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        b.AnswerTo(b.Asked, status, phrase: "No way", headers: headers);
        var answer = a.Expect(status);
        Assert.StartsWith($"SIP/2.0 {status} No way", answer.Text, StringComparison.Ordinal);
        Assert.Contains(headers, answer.Text, StringComparison.Ordinal);
        End();
    }

    /// <summary>A challenge is for us, a redirection is not followed, and nobody waits for a 408.</summary>
    [Theory]
    [InlineData(401, 500)]
    [InlineData(407, 500)]
    [InlineData(302, 480)]
    [InlineData(408, 504)]
    public void Some_answers_are_others_for_the_subscriber(int status, int seen)
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        b.AnswerTo(b.Asked, status, headers: "WWW-Authenticate: Digest realm=\"x\"\r\nX-Own: y\r\n");
        Assert.DoesNotContain("X-Own", a.Expect(seen).Text, StringComparison.Ordinal);
        End();
    }

    [Fact]
    public void What_is_no_subscription_crosses_or_is_refused()
    {
        var (a, b) = Subscribed();
        a.Request("OPTIONS");
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY, SUBSCRIBE", a.Expect(200).Header(HeaderId.Allow));
        foreach (var (method, from, asker, asked) in new[] { ("MESSAGE", Alice, a, b), ("MADEUP", Bob, b, a), ("INFO", Alice, a, b) })
        {
            asker.Request(method, body: "text", type: "text/plain");
            var request = asked.ExpectRequest(method);
            Assert.Equal("text", request.BodyText());
            asked.AnswerTo(request, 202, phrase: "Taken");
            Assert.StartsWith("SIP/2.0 202 Taken", from.ExpectResponse(202).Text, StringComparison.Ordinal);
        }

        foreach (var method in new[] { "BYE", "REFER", "UPDATE", "PRACK", "PUBLISH", "NOTIFY" })
        {
            a.Request(method);
            Assert.NotNull(a.Expect(405).Header(HeaderId.Allow));
        }

        a.Invite(Alice.Sdp());
        a.Expect(405);
        b.Refresh(Bob);
        b.Expect(405);
        Unsubscribe(a, b);
    }

    [Fact]
    public void Another_event_is_another_subscription()
    {
        var (a, b) = Subscribed(name: "presence;id=7");
        foreach (var (name, status) in new[] { ("dialog;id=7", 481), ("presence", 481), ("presence;id=8", 481), ("Presence ; x=y;id=7", 200) })
        {
            b.Notify(Bob, name: name);
            if (status == 200)
            {
                a.ExpectNotify();
            }

            Bob.ExpectResponse(status);
        }

        a.Refresh(Alice, name: "message-summary");
        a.Expect(481);
        a.Request("SUBSCRIBE");
        a.Expect(400);
        b.Request("NOTIFY", "Subscription-State: active\r\n");
        Bob.ExpectResponse(400);
        b.Notify(Bob, "terminated", name: "presence;id=7");
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        End();
    }

    [Fact]
    public void Both_targets_move()
    {
        var (a, b) = Subscribed();
        a.Contact = "sip:moved@127.91.0.10:5060";
        a.Refresh(Alice);
        var refresh = b.ExpectRequest("SUBSCRIBE");
        b.AnswerTo(refresh, 200, headers: $"Expires: 600\r\nContact: <sip:away@{Bob.Flow.Remote}>\r\n");
        a.Expect(200);
        b.Notify(Bob);
        Assert.StartsWith("NOTIFY sip:moved@127.91.0.10:5060 ", a.ExpectNotify().Text, StringComparison.Ordinal);
        Bob.ExpectResponse(200);
        a.Refresh(Alice);
        refresh = b.ExpectRequest("SUBSCRIBE");
        Assert.StartsWith($"SUBSCRIBE {Bob.Contact} ", refresh.Text, StringComparison.Ordinal);
        b.Grant(Bob, 600, refresh);
        a.Expect(200);
        Unsubscribe(a, b);
    }

    [Fact]
    public void Routes_are_kept_on_both_sides()
    {
        var a = Alice.Subscribe(headers: $"Record-Route: <sip:{Alice.Flow.Remote};lr;x=1>, <sip:second.{Alice.Host};lr>\r\n");
        var b = Bob.ExpectSubscription();
        b.Grant(Bob);
        Assert.Contains($"Record-Route: <sip:{Alice.Flow.Remote};lr;x=1>, <sip:second.{Alice.Host};lr>\r\n", a.ExpectSubscribed().Text, StringComparison.Ordinal);
        b.Notify(Bob, headers: $"Record-Route: <sip:{Bob.Flow.Remote};lr;y=1>\r\n");
        Assert.Contains($"Route: <sip:{Alice.Flow.Remote};lr;x=1>, <sip:second.{Alice.Host};lr>\r\n", a.ExpectNotify().Text, StringComparison.Ordinal);
        Bob.ExpectResponse(200);
        a.Refresh(Alice);
        var refresh = b.ExpectRequest("SUBSCRIBE");
        Assert.Contains($"Route: <sip:{Bob.Flow.Remote};lr;y=1>\r\n", refresh.Text, StringComparison.Ordinal);
        b.Grant(Bob, 600, refresh);
        a.Expect(200);
        Unsubscribe(a, b);
    }

    [Fact]
    public void A_call_beside_it_is_another_matter()
    {
        var (a, b) = Subscribed();
        var (c, d) = Answered();
        Assert.Equal((1, 1, 2), (Scene.Calls.Count, Scene.Calls.Counters.Subscriptions, Scene.Calls.Owners));
        Assert.Equal(-1, Scene.Calls.List(0, new SipAlg.Calls.Calls.CallRecord[4], out var count));
        Assert.Equal(1, count);
        HangUp(c, d);
        a.Refresh(Alice, 0);
        b.Grant(Bob, 0, b.ExpectRequest("SUBSCRIBE"));
        a.Expect(200);
        Notified(a, b, "terminated");
        Scene.End();
        Assert.Single(Scene.Journal.Ended);
    }
}
