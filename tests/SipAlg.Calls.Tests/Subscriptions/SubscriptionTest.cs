using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Subscriptions;

/// <summary>Alice subscribes, bob notifies.</summary>
public abstract class SubscriptionTest : CallTest
{
    protected const long Timeout = 64 * CallScene.T1;

    /// <summary>A subscription that stands: granted, with one NOTIFY.</summary>
    protected (PhoneDialog A, PhoneDialog B) Subscribed(int expires = 600, string name = "dialog")
    {
        var a = Alice.Subscribe(expires: expires, name: name);
        var b = Bob.ExpectSubscription();
        b.Grant(Bob, expires);
        a.ExpectSubscribed();
        Notified(a, b, $"active;expires={expires}", name);
        return (a, b);
    }

    /// <summary>A NOTIFY that crosses and is answered.</summary>
    protected void Notified(PhoneDialog a, PhoneDialog b, string state = "active;expires=600", string name = "dialog")
    {
        b.Notify(Bob, state, name: name);
        a.ExpectNotify();
        Bob.ExpectResponse(200);
    }

    /// <summary>Alice takes her subscription back.</summary>
    protected void Unsubscribe(PhoneDialog a, PhoneDialog b)
    {
        a.Refresh(Alice, 0);
        b.Grant(Bob, 0, b.ExpectRequest("SUBSCRIBE"));
        a.Expect(200);
        Notified(a, b, "terminated;reason=timeout");
        End();
    }

    /// <summary>Nothing is left, and nobody got anything else.</summary>
    protected void End()
    {
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Assert.Equal(0, Scene.Calls.Counters.Subscriptions);
        Scene.End();
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Assert.Empty(Scene.Journal.Ended);
    }
}
