using SipAlg.Calls.Dialplan;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Dialplan;

/// <summary>Why a route does not match is written into each record of a call without a route: a list has no end, and neither has a header field.</summary>
public sealed class ReasonTextTests
{
    private static readonly string[] Thousands = [.. Enumerable.Range(0, 20_000).Select(number => $"4{number:d7}")];

    [Fact]
    public void Of_a_long_list_the_first_are_named_and_the_others_counted()
    {
        var request = new RouteRequest { Realm = 0, Called = "7777" };

        Assert.Equal("called '7777' is not one of 1, 2, 3", CalledIn("1", "2", "3").Explain(request));
        Assert.Equal("called '7777' is not one of 40000000, 40000001, 40000002, 40000003, 40000004, 40000005, 40000006, 40000007 and 19992 more", CalledIn(Thousands).Explain(request));
        Assert.Equal("called '7777' does not begin with 40000000, 40000001, 40000002, 40000003, 40000004, 40000005, 40000006, 40000007 and 19992 more", CalledPrefix(Thousands).Explain(request));
        Assert.Equal("domain '' is not 40000000 or 40000001 or 40000002 or 40000003 or 40000004 or 40000005 or 40000006 or 40000007 or 19992 more", new DomainCondition([.. Thousands]).Explain(request));
    }

    [Fact]
    public void What_a_record_keeps_of_the_nearest_route_is_short_however_long_a_header_is()
    {
        var table = Table(Route.Reject(Head("gold", new HeaderCondition("X-Class", Regex("^gold$"))), new Rejection(403, null)));
        var request = new RouteRequest { Realm = 0, Headers = new HeaderFields(("X-Class", new string('x', 50_000))) };

        var nearest = NearestRoute.Of(table, request)!;

        Assert.Equal($"header X-Class: '{new string('x', ReasonText.Longest - 17)}…", nearest.Reason);
    }
}
