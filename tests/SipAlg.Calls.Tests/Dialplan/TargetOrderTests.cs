using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Dialplan;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Dialplan;

public sealed class TargetOrderTests
{
    [Fact]
    public void Without_priority_targets_are_tried_as_written() =>
        Assert.Equal(["carrier", "pbx", "carrier-b"], Order(To(Carrier), To(Pbx), To(CarrierB)));

    [Fact]
    public void A_lower_priority_is_tried_earlier_and_equals_as_written() =>
        Assert.Equal(["pbx", "carrier-b", "carrier"], Order(To(Carrier, priority: 2), To(Pbx, priority: 1), To(CarrierB, priority: 1)));

    [Fact]
    public void Weights_share_the_first_place()
    {
        var table = Table(To(Head("out"), To(Carrier, 1, 80), To(CarrierB, 1, 20), To(Pbx, 2)));
        const int Draws = 20_000;
        var first = 0;
        for (var i = 0; i < Draws; i++)
        {
            var targets = table.Decide(new RouteRequest { Realm = 0 }).Targets;
            first += targets[0].Peer == Carrier ? 1 : 0;
            Assert.Same(Pbx, targets[2].Peer);
        }

        // Six standard deviations around 80 %; the seed is fixed.
        Assert.InRange(first, Draws * 0.783, Draws * 0.817);
    }

    [Fact]
    public void Drawing_loses_and_doubles_nobody_and_keeps_priorities()
    {
        var target = from priority in Gen.Choose(0, 3)
                     from weight in Gen.Choose(0, 5)
                     select (priority, weight);
        Prop.ForAll(target.NonEmptyListOf().ToArbitrary(), list =>
        {
            var peers = list.Select((_, i) => Peer(i, $"{i}", 0)).ToArray();
            var table = Table(To(Head("out"), [.. list.Select((t, i) => To(peers[i], t.priority, t.weight == 0 ? null : t.weight))]));
            var drawn = table.Decide(new RouteRequest { Realm = 0 }).Targets;
            return drawn.Select(t => t.Peer!.Index).Order().SequenceEqual(Enumerable.Range(0, list.Count)) &&
                drawn.Zip(drawn.Skip(1)).All(pair => pair.First.Priority <= pair.Second.Priority);
        }).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<string> Order(params RouteTarget[] targets) =>
        Table(To(Head("out"), targets)).Decide(new RouteRequest { Realm = 0 }).Targets.Select(target => target.Peer!.Name);
}
