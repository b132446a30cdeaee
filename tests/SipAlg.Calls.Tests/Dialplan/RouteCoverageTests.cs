using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Addresses;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Dialplan;

public sealed class RouteCoverageTests
{
    private static readonly Holidays Christmas = new([], [(12, 25)]);

    public static TheoryData<string, Condition[], Condition[], bool> Cases => new()
    {
        { "everything covers anything", [], [Called("^1$")], true },
        { "a condition does not cover everything", [Called("^1$")], [], false },
        { "the same expression", [Called("^1$")], [Called("^1$"), In(Phones)], true },
        { "another expression", [Called("^1")], [Called("^12$")], false },
        { "listed numbers that the expression takes", [Called("^1[0-9]$")], [CalledIn("10", "11")], true },
        { "a listed number that it does not", [Called("^1[0-9]$")], [CalledIn("10", "21")], false },
        { "a longer prefix", [CalledPrefix("09")], [CalledPrefix("0900", "0911")], true },
        { "a shorter prefix", [CalledPrefix("0900")], [CalledPrefix("09")], false },
        { "an expression with that beginning", [CalledPrefix("09")], [Called("^0900[0-9]+$")], true },
        { "an optional last digit", [CalledPrefix("09")], [Called("^09?[0-9]+$")], false },
        { "a choice", [CalledPrefix("09")], [Called("^0900|1$")], false },
        { "an expression that is not anchored", [CalledPrefix("09")], [Called("0900")], false },
        { "fewer realms", [In(Phones, Core)], [In(Core)], true },
        { "more realms", [In(Core)], [In(Phones, Core)], false },
        { "a peer of the realm", [In(Core)], [From(Pbx)], true },
        { "a peer of another realm", [In(Phones)], [From(Pbx)], false },
        { "a smaller block", [Block("10.0.0.0", 8)], [Block("10.1.0.0", 16)], true },
        { "a larger block", [Block("10.1.0.0", 16)], [Block("10.0.0.0", 8)], false },
        { "the negation of what is narrower", [new NotCondition([CalledIn("1")])], [new NotCondition([CalledIn("1", "2")])], true },
        { "the negation of what is wider", [new NotCondition([CalledIn("1", "2")])], [new NotCondition([CalledIn("1")])], false },
        { "the same window", [new TimeCondition([Window("Mon UTC")])], [new TimeCondition([Window("Mon UTC")])], true },
        { "the same window without holidays", [new TimeCondition([Window("Mon UTC")])], [new TimeCondition([Window("Mon UTC")], Christmas)], true },
        { "the same window with holidays", [new TimeCondition([Window("Mon UTC")], Christmas)], [new TimeCondition([Window("Mon UTC")], Christmas)], true },
        { "the same window on holidays too", [new TimeCondition([Window("Mon UTC")], Christmas)], [new TimeCondition([Window("Mon UTC")])], false },
        { "another window", [new TimeCondition([Window("Mon UTC")])], [new TimeCondition([Window("Tue UTC")])], false },
        { "caller for called", [new NumberCondition(false, new NumberPrefixes(["1"]))], [CalledPrefix("1")], false },
    };

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void A_route_is_covered_only_when_every_condition_is_implied(string what, Condition[] earlier, Condition[] later, bool expected) =>
        Assert.True(expected == RouteCoverage.Covers(To(Head("earlier", earlier), To(Pbx)), To(Head("later", later), To(Pbx))), what);

    private static SourceCondition Block(string address, int bits) => new([new IpNetwork(IpAddress.Parse(address), bits)]);
}
