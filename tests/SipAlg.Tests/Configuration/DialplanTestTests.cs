using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;

namespace SipAlg.Tests.Configuration;

/// <summary>Tests that stand in a dialplan.</summary>
public sealed class DialplanTestTests
{
    private const int Draws = 50;

    /// <summary>Who has no weight is drawn with the others of his priority, and a reload must not hang on what was drawn.</summary>
    [Theory]
    [InlineData("{ peer: pbx, priority: 1, weight: 3 }, { peer: carrier, priority: 1 }, { uri: 'sip:a@10.0.0.9', realm: inside, priority: 1, weight: 2 }, { service: echo, priority: 2 }", "pbx, carrier, 'sip:a@10.0.0.9', echo", true)]
    [InlineData("{ peer: pbx, priority: 1, weight: 3 }, { peer: carrier, priority: 1 }, { service: echo, priority: 2 }", "carrier, pbx, echo", true)]
    [InlineData("{ peer: pbx, priority: 1, weight: 3 }, { peer: carrier, priority: 1 }, { service: echo, priority: 2 }", "carrier, echo, pbx", false)]
    [InlineData("{ peer: pbx, priority: 1 }, { peer: carrier, priority: 1 }, { service: echo, priority: 2, weight: 1 }", "carrier, pbx, echo", false)]
    [InlineData("{ peer: pbx }, { peer: carrier }", "pbx, carrier", true)]
    public void Targets_are_expected_in_any_order_where_they_are_drawn(string to, string expected, bool isMet)
    {
        var loaded = new ConfigurationBench().LoadDialplan($"routes: [ {{ name: r, when: {{ peer: caller }}, to: [ {to} ] }} ]\ntests: [ {{ request: {{ peer: caller, called: '1' }}, expect: {{ to: [ {expected} ] }} }} ]");
        Assert.DoesNotContain(loaded.Problems, problem => problem.Severity == Severity.Error);

        Assert.Equal(isMet ? 0 : Draws, Enumerable.Range(0, Draws).Sum(_ => DialplanTests.RunAll(loaded.Configuration!, TimeProvider.System).Length));
    }
}
