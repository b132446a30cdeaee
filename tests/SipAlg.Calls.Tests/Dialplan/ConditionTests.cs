using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Addresses;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Dialplan;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("112", true)]
    [InlineData("0112", false)]
    [InlineData("", false)]
    public void A_regular_expression_matches_the_called_number(string called, bool expected) =>
        Assert.Equal(expected, Called("^(112|911)$").Matches(new RouteRequest { Realm = 0, Called = called }));

    [Theory]
    [InlineData("600", true)]
    [InlineData("6000", false)]
    [InlineData("ECHO", false)]
    public void A_list_matches_whole_numbers(string called, bool expected) =>
        Assert.Equal(expected, CalledIn("600", "echo").Matches(new RouteRequest { Realm = 0, Called = called }));

    [Theory]
    [InlineData("0900123", true)]
    [InlineData("0137", true)]
    [InlineData("00900", false)]
    public void A_prefix_matches_the_beginning(string called, bool expected) =>
        Assert.Equal(expected, CalledPrefix("0900", "0137").Matches(new RouteRequest { Realm = 0, Called = called }));

    [Fact]
    public void The_caller_is_not_the_called()
    {
        var condition = new NumberCondition(isCalled: false, new NumberPrefixes(["1"]));

        Assert.True(condition.Matches(new RouteRequest { Realm = 0, Caller = "100", Called = "200" }));
        Assert.False(condition.Matches(new RouteRequest { Realm = 0, Caller = "200", Called = "100" }));
    }

    [Fact]
    public void Realm_and_peer_are_compared_by_what_they_are()
    {
        Assert.True(In(Phones).Matches(new RouteRequest { Realm = 0 }));
        Assert.False(In(Core).Matches(new RouteRequest { Realm = 0 }));
        Assert.True(From(Pbx, Carrier).Matches(new RouteRequest { Realm = 1, Peer = Carrier }));
        Assert.False(From(Pbx).Matches(new RouteRequest { Realm = 1, Peer = Carrier }));
        Assert.False(From(Pbx).Matches(new RouteRequest { Realm = 1 }));
    }

    [Fact]
    public void A_method_is_compared_with_its_case_and_a_domain_without()
    {
        Assert.True(new MethodCondition(["INVITE"]).Matches(new RouteRequest { Realm = 0, Method = "INVITE" }));
        Assert.False(new MethodCondition(["INVITE"]).Matches(new RouteRequest { Realm = 0, Method = "invite" }));
        Assert.True(new DomainCondition(["a.example"]).Matches(new RouteRequest { Realm = 0, Domain = "A.Example" }));
        Assert.False(new DomainCondition(["a.example"]).Matches(new RouteRequest { Realm = 0, Domain = "b.a.example" }));
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("11.1.2.3", false)]
    [InlineData("2001:db8::1", false)]
    public void A_source_is_looked_up_in_blocks(string source, bool expected) =>
        Assert.Equal(expected, new SourceCondition([new IpNetwork(IpAddress.Parse("10.0.0.0"), 8)]).Matches(new RouteRequest { Realm = 0, Source = IpAddress.Parse(source) }));

    [Fact]
    public void One_of_several_headers_of_a_name_is_enough()
    {
        var condition = new HeaderCondition("X-Tag", Regex("^b$"));

        Assert.True(condition.Matches(new RouteRequest { Realm = 0, Headers = new HeaderFields(("x-tag", "a"), ("X-TAG", "b")) }));
        Assert.False(condition.Matches(new RouteRequest { Realm = 0, Headers = new HeaderFields(("X-Tag", "a"), ("X-Other", "b")) }));
        Assert.False(condition.Matches(new RouteRequest { Realm = 0 }));
    }

    [Fact]
    public void Not_fails_only_when_everything_within_holds()
    {
        var condition = new NotCondition([In(Phones), CalledPrefix("0")]);

        Assert.False(condition.Matches(new RouteRequest { Realm = 0, Called = "01" }));
        Assert.True(condition.Matches(new RouteRequest { Realm = 0, Called = "11" }));
        Assert.True(condition.Matches(new RouteRequest { Realm = 1, Called = "01" }));
    }

    [Theory]
    [InlineData(@"(a)\1")]
    [InlineData("(?=a)b")]
    [InlineData("(?>a)")]
    [InlineData("a(")]
    [InlineData("[")]
    public void What_needs_backtracking_or_is_no_expression_is_refused(string pattern)
    {
        Assert.False(RouteRegex.TryCreate(pattern, out _, out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void A_hostile_number_does_not_make_an_expression_slow()
    {
        var condition = Called("^(a+)+$");
        var number = new string('a', 50_000) + "b";

        // With backtracking this would take longer than the universe has lasted.
        Assert.False(condition.Matches(new RouteRequest { Realm = 0, Called = number }));
    }
}
