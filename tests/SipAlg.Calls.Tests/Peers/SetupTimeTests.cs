using SipAlg.Calls.Lanes;
using SipAlg.Calls.Tests.Calls;

namespace SipAlg.Calls.Tests.Peers;

/// <summary>How long a peer takes to answer, from its INVITE on.</summary>
public sealed class SetupTimeTests : CallTest
{
    private long[] Buckets => [.. Enumerable.Range(0, CallCounters.SetupBounds.Count + 1).Select(bucket => Scene.Peers[1].Setup[bucket])];

    [Fact]
    public void An_answer_is_observed_with_the_time_that_it_rang()
    {
        var (a, b) = Ringing();
        Scene.Advance(3000);
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
        Assert.Equal(3, Scene.Peers[1].Setup.Seconds);
        Assert.Equal((1, 1), (Buckets.Sum(), Buckets[UpToFive]));
    }

    [Fact]
    public void A_refusal_is_not()
    {
        var (a, b) = Ringing();
        b.Answer(486);
        a.Expect(486);
        Scene.End();
        Assert.Equal(0, Buckets.Sum());
    }

    /// <summary>Of those above 2.5 s and up to 5 s.</summary>
    private static int UpToFive => CallCounters.SetupBounds.ToList().IndexOf(5);
}
