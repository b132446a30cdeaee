using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Subscriptions;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>What one side asks while the other is silent is kept up to a bound.</summary>
public sealed class BoundTests : SubscriptionTest
{
    private const int Most = 64;

    private static int Refused(ScriptedPhone phone) => phone.Take().Count(sent => sent.StartLine.StartsWith("SIP/2.0 500 ", StringComparison.Ordinal));

    private static SentMessage[] Asked(ScriptedPhone phone, string method) => [.. phone.Take().Where(sent => sent.StartLine.StartsWith(method, StringComparison.Ordinal))];

    [Fact]
    public void Requests_in_a_calls_dialog()
    {
        var (a, b) = Answered();
        for (var n = 0; n < Most + 3; n++)
        {
            a.Request("INFO");
        }

        Assert.Equal(3, Refused(Alice));
        var asked = Asked(Bob, "INFO ");
        Assert.Equal(Most, asked.Length);
        Array.ForEach(asked, info => b.AnswerTo(info, 200));
        Assert.Equal(Most, Alice.Take().Length);
        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        a.Expect(200);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Notifications()
    {
        var (a, b) = Subscribed();
        for (var n = 0; n < Most + 3; n++)
        {
            b.Notify(Bob, "active;expires=600");
        }

        Assert.Equal(3, Refused(Bob));
        var asked = Asked(Alice, "NOTIFY ");
        Assert.Equal(Most, asked.Length);
        Array.ForEach(asked, notify => a.AnswerTo(notify, 200));
        Assert.Equal(Most, Bob.Take().Length);
        Unsubscribe(a, b);
    }
}
