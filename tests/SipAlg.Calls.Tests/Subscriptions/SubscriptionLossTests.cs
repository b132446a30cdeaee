using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Subscriptions;

/// <summary>SUBSCRIBE and NOTIFY lost, repeated, out of order and from forks; ends that vanish.</summary>
public sealed class SubscriptionLossTests : SubscriptionTest
{
    /// <summary>Loses the next message, in whichever direction, that begins so.</summary>
    private void Lose(string start, int count = 1) => Scene.Passes = sent => !(sent.Text.StartsWith(start, StringComparison.Ordinal) && count-- > 0);

    [Fact]
    public void Each_message_may_be_lost_once()
    {
        Lose("SUBSCRIBE ");
        var a = Alice.Subscribe();
        Bob.ExpectNothing();
        a.Repeat();
        var b = Bob.ExpectSubscription();
        Lose("SIP/2.0 200");
        b.Grant(Bob);
        Alice.ExpectNothing();
        Scene.Advance(CallScene.T1);
        b.AnswerTo(b.ExpectRequest("SUBSCRIBE"), 200, phrase: "OK", headers: $"Expires: 600\r\nContact: <{Bob.Contact}>\r\n");
        a.ExpectSubscribed();

        Lose("NOTIFY");
        b.Notify(Bob);
        Alice.ExpectNothing();
        b.Repeat();
        var notify = a.ExpectRequest("NOTIFY");
        Scene.Advance(CallScene.T1);
        Assert.Equal(notify.Text, a.ExpectRequest("NOTIFY").Text);
        a.AnswerTo(notify, 200);
        Bob.ExpectResponse(200);
        Unsubscribe(a, b);
    }

    [Fact]
    public void What_comes_twice_counts_once()
    {
        var a = Alice.Subscribe();
        a.Repeat();
        var b = Bob.ExpectSubscription();
        b.Grant(Bob);
        b.Grant(Bob);
        a.ExpectSubscribed();
        a.Repeat();
        a.Expect(200);
        b.Notify(Bob);
        b.Repeat();
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        b.Repeat();
        Bob.ExpectResponse(200);
        Unsubscribe(a, b);
    }

    /// <summary>RFC 3261 §12.2.2: what overtook it has been told already.</summary>
    [Fact]
    public void A_notify_that_was_overtaken_is_500()
    {
        var (a, b) = Subscribed();
        var sequence = b.Sequence;
        b.Sequence = sequence + 1;
        Notified(a, b);
        b.Sequence = sequence;
        b.Notify(Bob);
        Bob.ExpectResponse(500);
        b.Sequence = sequence + 2;
        var refresh = a.Sequence;
        a.Sequence = 0;
        a.Refresh(Alice);
        a.Expect(500);
        a.Sequence = refresh;
        Unsubscribe(a, b);
    }

    [Fact]
    public void Two_notifies_may_be_under_way()
    {
        var (a, b) = Subscribed();
        b.Notify(Bob, "active;expires=11");
        b.Notify(Bob, "active;expires=10");
        var first = a.ExpectRequest("NOTIFY");
        var second = a.ExpectRequest("NOTIFY");
        a.AnswerTo(second, 202);
        a.AnswerTo(first, 200);
        Assert.Contains(" NOTIFY", Bob.ExpectResponse(202).Header(HeaderId.CSeq), StringComparison.Ordinal);
        Bob.ExpectResponse(200);
        Unsubscribe(a, b);
    }

    /// <summary>The next hop forks: the first NOTIFY makes the dialog, whichever 2xx won, and every other is told that there is none.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_first_of_a_fork_counts(bool isAnsweredFirst)
    {
        var a = Alice.Subscribe();
        var first = Bob.ExpectSubscription();
        var second = new PhoneDialog(Bob, first.Asked);
        if (isAnsweredFirst)
        {
            first.Grant(Bob);
            a.ExpectSubscribed();
        }

        Notified(a, second);
        first.Notify(Bob);
        Bob.ExpectResponse(481);
        Alice.ExpectNothing();
        if (!isAnsweredFirst)
        {
            first.Grant(Bob);
            a.ExpectSubscribed();
        }

        a.Refresh(Alice);
        var refresh = second.ExpectRequest("SUBSCRIBE");
        Assert.Contains($"tag={second.LocalTag}", refresh.Header(HeaderId.To), StringComparison.Ordinal);
        second.Grant(Bob, 600, refresh);
        a.Expect(200);
        Unsubscribe(a, second);
    }

    /// <summary>Before the first NOTIFY nothing else may come under another tag than that of the 2xx.</summary>
    [Fact]
    public void Only_a_notify_makes_the_dialog()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        var other = new PhoneDialog(Bob, b.Asked);
        other.Request("MESSAGE");
        Bob.ExpectResponse(481);
        b.Grant(Bob);
        a.ExpectSubscribed();
        other.Request("MESSAGE");
        Bob.ExpectResponse(481);
        b.Request("MESSAGE");
        a.AnswerTo(a.ExpectRequest("MESSAGE"), 200);
        Bob.ExpectResponse(200);
        Notified(a, b);
        Unsubscribe(a, b);
    }

    /// <summary>RFC 6665 §4.1.2.4, timer N.</summary>
    [Fact]
    public void Without_a_notify_it_ends()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        b.Grant(Bob);
        a.ExpectSubscribed();
        Scene.Advance(Timeout - 1);
        Alice.ExpectNothing();
        Scene.Advance(1);
        Assert.StartsWith("terminated;reason=giveup;retry-after=", a.ExpectNotify(481).Header(HeaderId.SubscriptionState), StringComparison.Ordinal);
        var last = b.ExpectRequest("SUBSCRIBE");
        Assert.Equal(("0", "dialog"), (last.Header(HeaderId.Expires), last.Header(HeaderId.Event)));
        b.Notify(Bob, "terminated");
        Bob.ExpectResponse(200);
        b.Grant(Bob, 0, last);
        End();
    }

    /// <summary>Both ends are gone, and nobody is bothered.</summary>
    [Fact]
    public void Its_time_ends_it()
    {
        var (a, b) = Subscribed(expires: 100);
        Scene.Advance(100_000 + Timeout - 1);
        Assert.Equal(1, Scene.Calls.Counters.Subscriptions);
        Scene.Advance(1);
        Assert.Equal(0, Scene.Calls.Owners);
        b.Notify(Bob, "terminated;reason=timeout");
        Bob.ExpectResponse(481);
        a.Refresh(Alice);
        a.Expect(481);
        End();
    }

    [Fact]
    public void The_last_notify_may_be_late()
    {
        var (a, b) = Subscribed(expires: 100);
        Scene.Advance(101_000);
        Notified(a, b, "terminated;reason=timeout");
        End();
    }

    [Fact]
    public void The_last_notify_may_never_come()
    {
        var (a, b) = Subscribed();
        a.Refresh(Alice, 0);
        b.Grant(Bob, 0, b.ExpectRequest("SUBSCRIBE"));
        a.Expect(200);
        Scene.Advance(Timeout);
        End();
    }

    /// <summary>RFC 6665 §4.1.2.2: these say that there is no subscription; after others it stands until its time is over.</summary>
    [Theory]
    [InlineData(481, true)]
    [InlineData(404, true)]
    [InlineData(489, true)]
    [InlineData(604, true)]
    [InlineData(423, false)]
    [InlineData(503, false)]
    [InlineData(603, false)]
    public void A_refresh_is_refused(int status, bool ends)
    {
        var (a, b) = Subscribed();
        a.Refresh(Alice);
        b.AnswerTo(b.ExpectRequest("SUBSCRIBE"), status);
        a.Expect(status);
        Assert.Equal(ends ? 0 : 1, Scene.Calls.Owners);
        if (!ends)
        {
            Unsubscribe(a, b);
        }
        else
        {
            End();
        }
    }

    [Fact]
    public void A_refresh_that_nobody_answers()
    {
        var (a, b) = Subscribed();
        a.Refresh(Alice);
        Scene.Advance(Timeout);
        Bob.Take();
        a.Expect(504);
        Notified(a, b);
        Unsubscribe(a, b);
    }

    [Theory]
    [InlineData(481, true)]
    [InlineData(405, true)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public void A_notify_is_refused(int status, bool ends)
    {
        var (a, b) = Subscribed();
        b.Notify(Bob);
        a.ExpectNotify(status);
        Bob.ExpectResponse(status);
        Assert.Equal(ends ? 0 : 1, Scene.Calls.Owners);
        if (!ends)
        {
            Unsubscribe(a, b);
        }
        else
        {
            End();
        }
    }

    /// <summary>RFC 6665 §4.2.2.</summary>
    [Fact]
    public void A_subscriber_that_answers_no_notify_is_gone()
    {
        var (_, b) = Subscribed();
        b.Notify(Bob);
        Scene.Advance(Timeout);
        Alice.Take();
        Bob.ExpectResponse(504);
        Assert.Equal(0, Scene.Calls.Owners);
        End();
    }

    [Fact]
    public void A_subscriber_that_cannot_be_reached_may_come_back()
    {
        var (a, b) = Subscribed();
        b.Notify(Bob);
        Alice.Take();
        Scene.Turn(() => Scene.Harness.Unreachable(Alice.Flow));
        Scene.Advance(1);
        Bob.ExpectResponse(503);
        Unsubscribe(a, b);
    }

    [Fact]
    public void The_first_subscribe_is_never_answered()
    {
        var a = Alice.Subscribe();
        Scene.Advance(Timeout);
        Bob.Take();
        a.Expect(504);
        End();
    }

    /// <summary>The notifier has sent a NOTIFY and only its 2xx never arrives: the subscriber hears in the end that nothing came of it.</summary>
    [Fact]
    public void The_2xx_never_comes()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        Notified(a, b);
        Scene.Advance(Timeout);
        Bob.Take();
        a.Expect(504);
        b.Notify(Bob);
        Bob.ExpectResponse(481);
        End();
    }

    [Fact]
    public void A_notify_is_under_way_when_all_ends()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        b.Notify(Bob);
        b.AnswerTo(b.Asked, 500);
        a.ExpectRequest("NOTIFY");
        a.Expect(500);
        Bob.ExpectResponse(481);
        Scene.End();
        Alice.Take();
        End();
    }

    /// <summary>Of two copies by two ways one is served (RFC 3261 §8.2.2.2).</summary>
    [Fact]
    public void A_merged_subscribe_is_482()
    {
        var a = Alice.Subscribe();
        Alice.Send(a.LastRequest.Replace("branch=z9hG4bK", "branch=z9hG4bKother", StringComparison.Ordinal));
        Alice.ExpectResponse(482);
        var b = Bob.ExpectSubscription();
        b.Grant(Bob);
        a.ExpectSubscribed();
        Notified(a, b);
        Unsubscribe(a, b);
    }

    /// <summary>Who knows the names but is not where the notifier is.</summary>
    [Fact]
    public void A_notify_from_elsewhere_is_481()
    {
        using var scene = new CallScene(new SceneOptions { ChecksMessages = false });
        var a = scene.Alice.Subscribe();
        var b = scene.Bob.ExpectSubscription();
        b.Grant(scene.Bob);
        a.ExpectSubscribed();
        SentMessage? seen = null;
        scene.Passes = sent => (seen = sent) is null;
        b.Notify(scene.Bob);
        scene.Passes = static _ => true;
        scene.Carol.Send(seen!.Text);
        scene.Carol.ExpectResponse(481);
        scene.Alice.ExpectNothing();
        scene.Advance(Timeout);
        scene.Alice.Take();
        scene.Bob.Take();
        scene.End();
    }
}
