using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Who looks on is told of calls while they happen, and asks for a bounded piece of them.</summary>
public sealed class LiveWatchTests : CallTest
{
    private readonly RecordingWatch _watch = new();

    protected override SceneOptions Options => new() { Watch = _watch };

    [Fact]
    public void A_call_is_told_when_it_begins_and_when_it_is_answered()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        Assert.Equal(["started alice bob"], _watch.Told);
        b.Accept();
        a.ExpectAnswered();

        Assert.Equal(["started alice bob", "answered alice bob True"], _watch.Told);
        HangUp(a, b);
        Assert.Equal(2, _watch.Told.Count);
    }

    [Fact]
    public void A_call_that_nobody_takes_is_told_as_well()
    {
        var (a, b) = Ringing();
        b.Answer(486);
        a.Expect(486);

        Assert.Equal(["started alice bob"], _watch.Told);
    }

    [Fact]
    public void A_lane_is_asked_for_so_many_calls_and_looks_at_so_many()
    {
        _ = Ringing();
        _ = Ringing();
        var page = new CallRecord[4];

        var next = Scene.Calls.List(0, page, out var count, _ => false, most: 1);
        Assert.Equal((1, 0), (next, count));
        Assert.Equal(-1, Scene.Calls.List(next, page, out count, _ => false));
        Assert.Equal(0, count);
        Assert.Equal(-1, Scene.Calls.List(0, page, out count, call => call.Called == "bob"));
        Assert.Equal(2, count);
        Assert.Equal((1, 1), (Scene.Calls.List(0, page.AsSpan(0, 1), out count), count));
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.HungUpByOperator));
    }
}
