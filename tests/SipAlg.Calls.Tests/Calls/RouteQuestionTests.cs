using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Testing.Calls;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>What is told afterwards of a decision: the one that was made, whatever is still known of the call.</summary>
public sealed class RouteQuestionTests
{
    private static readonly Condition Gold = new HeaderCondition("X-Class", Regex("^gold$"));
    private static readonly Condition Silver = new HeaderCondition("X-Class", Regex("^silver$"));
    private static readonly Condition Elsewhere = new DomainCondition(["example.org"]);

    private static byte[] Invite(string toTag = "") => Encoding.ASCII.GetBytes(
        $"INVITE sip:0301@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:0301@example.com>{toTag}\r\n" +
        "Call-ID: a\r\nCSeq: 1 INVITE\r\nX-Class: gold\r\nContent-Length: 0\r\n\r\n");

    /// <param name="decided">The place of the route that has decided; −1: none.</param>
    private static CallRecord Record(int decided, params Route[] routes)
    {
        var model = new SceneModel(new SceneOptions()).Gateway with { Dialplan = Table(routes) };
        return new CallRecord(1, "a"u8, "0301"u8)
        {
            FromRealm = model.Realms[0].Name, Model = model, Decision = decided < 0 ? RouteDecision.None : new RouteDecision { Route = routes[decided], Targets = [To(Pbx), To(Carrier)] },
        };
    }

    private static string[] Passed(RouteExplanation? explanation) => [.. explanation!.Passed.Select(passed => $"{passed.Route.Name}: {passed.Reason}")];

    [Fact]
    public void Routes_before_the_one_that_decided_say_why()
    {
        var record = Record(2, To(Head("one", Silver)), To(Head("two", Elsewhere, Gold)), To(Head("three", Gold)), To(Head("four", Gold)));

        var explanation = RouteQuestion.Explain(record, Invite());
        Assert.Same(record.Decision, explanation!.Decision);
        Assert.Equal(["one: header X-Class: 'gold' does not match ^silver$", "two: domain 'example.com' is not example.org"], Passed(explanation));
        Assert.Equal(0, explanation.LeftOut);
    }

    /// <summary>Then nothing is said of its header fields that nobody knows any more.</summary>
    [Fact]
    public void The_decision_is_the_same_when_the_INVITE_is_gone()
    {
        var routes = new[]
        {
            To(Head("one", Silver)), To(Head("two", new NotCondition([Gold]), Elsewhere)), To(Head("three", Silver, CalledIn("0302"))), To(Head("four", Elsewhere, CalledIn("0301"))), To(Head("five", Gold)),
        };
        var record = Record(4, routes);
        string[] unknown =
        [
            "one: headers did not hold; the INVITE is not kept any more", "two: not or domain did not hold; the INVITE is not kept any more",
            "three: called '0301' is not one of 0302", "four: domain did not hold; the INVITE is not kept any more",
        ];

        Assert.Equal(unknown, Passed(RouteQuestion.Explain(record, default)));
        Assert.Equal(unknown, Passed(RouteQuestion.Explain(record, Invite(";tag=2"))));
        Assert.Equal("five", RouteQuestion.Explain(record, default)!.Decision.Route!.Name);
    }

    /// <summary>Its time may have ended between the two looks at the clock.</summary>
    [Fact]
    public void A_route_that_would_decide_now_is_not_said_to_have()
    {
        var record = Record(1, To(Head("one", CalledIn("0301"))), To(Head("two")));

        var explanation = RouteQuestion.Explain(record, Invite());
        Assert.Equal("two", explanation!.Decision.Route!.Name);
        Assert.Equal(["one: its conditions hold by what is kept of the call, and did not when it came"], Passed(explanation));
    }

    [Fact]
    public void Of_many_the_nearest_are_told_and_the_others_counted()
    {
        var far = Enumerable.Range(0, 5).Select(number => To(Head($"far-{number}", Elsewhere)));
        var near = Enumerable.Range(0, 3).Select(number => To(Head($"near-{number}", CalledIn("0301"), Silver)));
        var record = Record(-1, [.. far, .. near]);

        var explanation = RouteQuestion.Explain(record, Invite(), most: 5);
        Assert.Equal(["far-0", "far-1", "near-0", "near-1", "near-2"], explanation!.Passed.Select(passed => passed.Route.Name));
        Assert.Equal(3, explanation.LeftOut);
        Assert.Null(explanation.Decision.Route);
        Assert.Equal(8, RouteQuestion.Explain(record, default)!.Passed.Length);
    }

    [Fact]
    public void What_was_not_asked_or_is_forgotten_is_not_told()
    {
        var record = Record(0, To(Head("one")));
        Assert.NotNull(RouteQuestion.Explain(record, default));
        record.Forget([7]);
        Assert.Equal((null, null), (record.Model, record.Decision));
        Assert.Equal([7], record.Note!);
        Assert.Null(RouteQuestion.Explain(new CallRecord(1, default, default) { Model = new SceneModel(new SceneOptions()).Gateway }, default));
    }
}
