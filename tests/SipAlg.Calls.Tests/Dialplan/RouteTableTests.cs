using SipAlg.Calls.Dialplan;
using SipAlg.Testing;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Dialplan;

public sealed class RouteTableTests
{
    [Fact]
    public void The_first_route_that_matches_decides()
    {
        var table = Table(To(Head("one", In(Core)), To(Pbx)), To(Head("two", In(Phones)), To(Pbx)), To(Head("three"), To(Carrier)));

        Assert.Equal("two", table.Decide(new RouteRequest { Realm = 0 }).Route!.Name);
    }

    [Fact]
    public void Nothing_that_matches_is_404()
    {
        var decision = Table(To(Head("one", In(Core)), To(Pbx))).Decide(new RouteRequest { Realm = 0 });

        Assert.Null(decision.Route);
        Assert.Equal(404, decision.Rejection!.Status);
        Assert.Empty(decision.Targets);
    }

    [Fact]
    public void A_rejection_names_its_route()
    {
        var decision = Table(Route.Reject(Head("barred"), new Rejection(403, "Barred"))).Decide(new RouteRequest { Realm = 0 });

        Assert.Equal("barred", decision.Route!.Name);
        Assert.Equal(new Rejection(403, "Barred"), decision.Rejection);
    }

    [Fact]
    public void Captures_of_called_caller_and_headers_fill_what_is_set()
    {
        var head = Head("out", Called("^0(?<n>[0-9]+)$"), new NumberCondition(isCalled: false, new RegexNumbers(Regex("^(?<ext>[0-9]{3})$"))),
            new HeaderCondition("X-Dept", Regex("^dept=(?<dept>[a-z]+)$")));
        var edits = new RouteEdits
        {
            Called = Template("+49${n}"),
            Caller = Template("+4930123${ext}"),
            CallerName = Template("${dept}"),
            Domain = Template("${dept}.example"),
            Headers = [new HeaderTemplate("X-Out", Template("${ext}-${dept}")), new HeaderTemplate("X-Internal", null)],
        };
        var target = new RouteTarget { Kind = TargetKind.Uri, Realm = 1 };
        var table = Table(Route.Deliver(head, edits, [target], [Template("sip:${n}@192.0.2.1")]));

        var decision = table.Decide(new RouteRequest { Realm = 0, Called = "0301", Caller = "100", Headers = new HeaderFields(("X-Dept", "x"), ("X-Dept", "dept=sales")) });

        Assert.Equal(("+49301", "+4930123100", "sales", "sales.example"), (decision.Called, decision.Caller, decision.CallerName, decision.Domain));
        Assert.Equal([new HeaderEdit("X-Out", "100-sales"), new HeaderEdit("X-Internal", null)], decision.Headers.ToArray());
        Assert.Equal("sip:301@192.0.2.1", decision.Targets[0].Uri);
        Assert.Equal("out", decision.Route!.Name);
    }

    [Fact]
    public void What_is_not_set_is_left()
    {
        var decision = Table(To(Head("one"), To(Pbx))).Decide(new RouteRequest { Realm = 0, Called = "1" });

        Assert.Null(decision.Called ?? decision.Caller ?? decision.CallerName ?? decision.Domain);
        Assert.Empty(decision.Headers);
    }

    [Fact]
    public void A_route_without_captures_and_weights_allocates_nothing()
    {
        var head = Head("one", In(Phones), Called("^[0-9]{3}$"), new TimeCondition([Window("Mon-Sun 00:00-24:00 Europe/Berlin")]),
            new HeaderCondition("X-A", Regex("b")));
        var table = Table(To(Head("no", CalledIn("1", "2")), To(Pbx)), Set(head, new RouteEdits { Called = Template("1") }, To(Pbx), To(Carrier)));
        var headers = new HeaderFields(("X-A", "b"));
        var at = DateTimeOffset.UnixEpoch;
        Assert.Equal("1", table.Decide(new RouteRequest { Realm = 0, Called = "123", Headers = headers, At = at }).Called);
        Assert.Equal(0, Allocations.Of(() => table.Decide(new RouteRequest { Realm = 0, Called = "123", Headers = headers, At = at })));
    }

    [Fact]
    public void A_dry_run_says_why_each_earlier_route_was_passed_over()
    {
        var table = Table(To(Head("one", In(Core)), To(Pbx)), To(Head("two", CalledPrefix("9")), To(Pbx)),
            To(Head("three", new NotCondition([In(Phones)])), To(Pbx)), To(Head("four"), To(Carrier)));

        var explanation = table.DecideWithReasons(new RouteRequest { Realm = 0, Called = "0123" });

        Assert.Equal("four", explanation.Decision.Route!.Name);
        Assert.Equal(["realm is not core", "called '0123' does not begin with 9", "not: realm holds"], explanation.Passed.Select(passed => passed.Reason));
        Assert.Equal(["one", "two", "three"], explanation.Passed.Select(passed => passed.Route.Name));
    }

    [Fact]
    public void Default_statuses_that_lead_to_the_next_target() =>
        Assert.Equal([408, 500, 502, 503, 504], Enumerable.Range(300, 400).Where(StatusSet.Default.Contains));
}
