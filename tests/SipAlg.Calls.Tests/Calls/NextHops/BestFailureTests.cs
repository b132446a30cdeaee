using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Of several failures the caller hears the best (RFC 3261 §16.7 step 6), and what decided (RFC 3326).</summary>
public sealed class BestFailureTests : NextHopTest
{
    private static StatusMap Map(params (int From, int To)[] pairs) => new([.. pairs.Select(pair => KeyValuePair.Create(pair.From, pair.To))]);

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name == "carol" ? peer with { MapStatus = Map((480, 404), (486, 603), (401, 403), (408, 487), (603, 486)) } : peer,
        Routes = model =>
        [
            Route("all", [SceneModel.To(model.Bob), SceneModel.To(model.Dave)], head => head with { TryNextOn = Statuses(300, 699) }),
            Route("mapped", [SceneModel.To(model.Carol), SceneModel.To(model.Bob)], head => head with { TryNextOn = Statuses(480, 480) }),
            Route("route-first", [SceneModel.To(model.Carol)], head => head with { MapStatus = Map((480, 433), (503, 500), (302, 404)) }),
        ],
    };

    /// <summary>Both are refused; of equals the last one counts.</summary>
    [Theory]
    [InlineData(404, 486, 486)]
    [InlineData(486, 404, 404)]
    [InlineData(486, 503, 486)]
    [InlineData(503, 486, 486)]
    [InlineData(500, 404, 404)]
    [InlineData(501, 503, 501)]
    [InlineData(503, 501, 501)]
    [InlineData(484, 486, 484)]
    [InlineData(486, 484, 484)]
    [InlineData(415, 404, 415)]
    [InlineData(420, 404, 420)]
    [InlineData(404, 500, 404)]
    [InlineData(404, 600, 600)]
    public void Of_two(int first, int second, int seen)
    {
        var a = Alice.Call("all");
        Refuse(Bob.ExpectCall(), first, $"Phrase {first}", $"X-Of: {first}\r\n");
        Refuse(Dave.ExpectCall(), second, $"Phrase {second}", $"X-Of: {second}\r\n");
        var response = Fails(a, seen, CallCause.CalleeRefused, seen == second ? "dave" : "bob");
        Assert.Equal($"SIP/2.0 {seen} Phrase {seen}", response.StartLine);
        Assert.Contains($"\r\nX-Of: {seen}\r\n", response.Text, StringComparison.Ordinal);
        Assert.StartsWith($"SIP;cause={seen};text=\"", Reason(response));
    }

    [Fact]
    public void What_a_target_said_goes_before_the_silence_of_another()
    {
        var a = Alice.Call("all");
        Refuse(Bob.ExpectCall(), 486, "Busy");
        Dave.ExpectCall();
        Scene.Advance(32_000);
        Assert.Equal("SIP/2.0 486 Busy", Fails(a, 486, CallCause.CalleeRefused, "bob").StartLine);
    }

    [Fact]
    public void Silence_goes_before_a_server_failure()
    {
        var a = Alice.Call("all");
        Refuse(Bob.ExpectCall(), 500);
        Dave.ExpectCall();
        Scene.Advance(32_000);
        Assert.Equal("SIP;cause=408;text=\"No response\"", Reason(Fails(a, 408, CallCause.TargetTimedOut, "dave")));
    }

    /// <summary>What was said in an earlier turn has been kept with its body; SDP never crosses in a failure.</summary>
    [Theory]
    [InlineData("text/plain", true)]
    [InlineData("application/sdp", false)]
    public void The_body_of_the_first(string type, bool crosses)
    {
        var a = Alice.Call("all");
        var b = Bob.ExpectCall();
        b.Answer(404, "Gone to lunch", type: type);
        b.ExpectRequest("ACK");
        Refuse(Dave.ExpectCall(), 500);
        Assert.Equal(crosses ? "Gone to lunch" : "", Body(Fails(a, 404, CallCause.CalleeRefused, "bob")));
    }

    [Fact]
    public void A_reason_that_came_stays_alone()
    {
        var a = Alice.Call("all");
        Refuse(Bob.ExpectCall(), 404, headers: "Reason: Q.850;cause=1;text=\"Unallocated\"\r\n");
        Refuse(Dave.ExpectCall(), 500, headers: "Reason: Q.850;cause=41\r\n");
        var response = Fails(a, 404, CallCause.CalleeRefused, "bob");
        Assert.Equal("Q.850;cause=1;text=\"Unallocated\"", Reason(response));
        Assert.DoesNotContain("SIP;cause", response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(407)]
    [InlineData(422)]
    public void What_is_said_to_us_is_a_server_failure_and_stays_here(int status)
    {
        var a = Alice.Call("all");
        Refuse(Bob.ExpectCall(), status, "Secret", "WWW-Authenticate: Digest realm=\"inner\"\r\nProxy-Authenticate: Digest realm=\"inner\"\r\nX-Inner: inner\r\n");
        Refuse(Dave.ExpectCall(), 503);
        var response = Fails(a, 500, CallCause.CalleeRefused, "bob");
        Assert.DoesNotContain("inner", response.Text, StringComparison.Ordinal);
        Assert.StartsWith($"SIP;cause={status};", Reason(response));
    }

    // ---- map_status

    [Theory]
    [InlineData(486, 603)]
    [InlineData(603, 486)]
    [InlineData(401, 403)]
    [InlineData(404, 404)]
    public void A_peer_maps(int status, int seen)
    {
        var a = Alice.Call("mapped");
        Refuse(Carol.ExpectCall(), status, "Its phrase", "X-Kept: yes\r\n");
        Bob.ExpectNothing();
        var response = Fails(a, seen, CallCause.CalleeRefused, "carol");
        Assert.Equal(status == seen, response.StartLine.Contains("Its phrase", StringComparison.Ordinal));
        Assert.Equal(status != 401, response.Text.Contains("X-Kept: yes", StringComparison.Ordinal));
        Assert.StartsWith($"SIP;cause={status};", Reason(response));
    }

    /// <summary>What the target itself said decides whether another one is asked.</summary>
    [Fact]
    public void The_status_that_came_leads_on()
    {
        var a = Alice.Call("mapped");
        Refuse(Carol.ExpectCall(), 480);
        Completes(a, Bob.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_mapped_6xx_still_ends_the_search()
    {
        var a = Alice.Call("mapped");
        Refuse(Carol.ExpectCall(), 603);
        Bob.ExpectNothing();
        Fails(a, 486, CallCause.CalleeRefused, "carol");
    }

    [Theory]
    [InlineData(480, 433)]
    [InlineData(486, 603)]
    [InlineData(503, 500)]
    public void The_route_goes_before_the_peer(int status, int seen)
    {
        var a = Alice.Call("route-first");
        Refuse(Carol.ExpectCall(), status);
        Fails(a, seen, CallCause.CalleeRefused, "carol");
    }

    [Fact]
    public void Silence_is_mapped_too()
    {
        var a = Alice.Call("route-first");
        Carol.ExpectCall();
        Scene.Advance(32_000);
        Assert.StartsWith("SIP;cause=408;", Reason(Fails(a, 487, CallCause.TargetTimedOut, "carol")));
    }

    [Fact]
    public void So_is_a_redirection_that_leads_nowhere()
    {
        var a = Alice.Call("route-first");
        Refuse(Carol.ExpectCall(), 302);
        Fails(a, 404, CallCause.RedirectUnroutable, "carol");
    }

    [Fact]
    public void An_answer_that_does_not_fit_a_message_is_refused_plainly()
    {
        var a = Alice.Call("all", headers: $"Record-Route: <sip:127.91.0.10;lr;x={new string('x', 8000)}>\r\n");
        Refuse(Bob.ExpectCall(), 404, headers: string.Concat(Enumerable.Range(0, 20).Select(i => $"X-{i}: {new string('x', 3000)}\r\n")));
        Refuse(Dave.ExpectCall(), 500);
        Assert.DoesNotContain("X-1:", Fails(a, 404, CallCause.CalleeRefused, "bob").Text, StringComparison.Ordinal);
    }
}
