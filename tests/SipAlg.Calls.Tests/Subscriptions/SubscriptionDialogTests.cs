using SipAlg.Calls.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Subscriptions;

/// <summary>A subscription has a dialog with each of its ends (RFC 6665 §4.4.1).</summary>
public sealed class SubscriptionDialogTests : SubscriptionTest
{
    private int Dialogs => Scene.Calls.Counters.Dialogs;

    [Fact]
    public void From_its_2xx_on()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        Assert.Equal(0, Dialogs);
        b.Grant(Bob, 600);
        a.ExpectSubscribed();
        Assert.Equal(2, Dialogs);
        Notified(a, b);
        Assert.Equal(2, Dialogs);
        Unsubscribe(a, b);
        Assert.Equal(0, Dialogs);
    }

    [Fact]
    public void From_a_notify_that_comes_before_until_it_is_refused()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        Notified(a, b);
        Assert.Equal(2, Dialogs);
        b.AnswerTo(b.Asked, 500);
        Alice.ExpectResponse(500);
        Assert.Equal(0, Dialogs);
        End();
    }

    [Fact]
    public void From_a_notify_that_comes_before_until_the_gateway_stops()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        Notified(a, b);
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));
        Alice.ExpectResponse(503);
        Assert.Equal(0, Dialogs);
        b.Grant(Bob);
        Assert.Equal(0, Dialogs);
        End();
    }

    [Fact]
    public void None_for_a_refused_one()
    {
        var a = Alice.Subscribe();
        var b = Bob.ExpectSubscription();
        b.AnswerTo(b.Asked, 403);
        a.Expect(403);
        Assert.Equal(0, Dialogs);
        End();
    }
}
