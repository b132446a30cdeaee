using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Journal;
using SipAlg.Testing.Calls;

namespace SipAlg.Tests.Journal;

/// <summary>What is kept of a decision when its dialplan is let go.</summary>
public sealed class DecisionNoteTests
{
    private const int Routes = 10_000;
    private const int Calls = 2 * RecentCalls.Capacity;

    private static readonly GatewayModel Scene = new SceneModel(new SceneOptions()).Gateway;

    private static GatewayModel Model(IEnumerable<Route> routes) => Scene with { Dialplan = new RouteTable([.. routes], new Random(1)) };

    private static Route Rejecting(string name, params Condition[] conditions) =>
        Route.Reject(new RouteHead(name, IsEmergency: false, [.. conditions], StatusSet.Default, $"dialplan.yaml:{name.Length}"), new Rejection(403, null));

    private static CallRecord Record(GatewayModel model, string called) => new(1, "100"u8, Encoding.UTF8.GetBytes(called))
    {
        Model = model, FromRealm = "inside", Decision = model.Dialplan.Decide(new RouteRequest { Realm = 0, Called = called, Caller = "100" }),
    };

    [Fact]
    public void It_says_what_the_dialplan_said()
    {
        var record = Record(Model([Rejecting("one", SceneModel.Called("1")), Rejecting("two", SceneModel.Called("2")), Rejecting("three")]), "2");
        var before = DecisionDetails.Of(record, default)!;
        record.Forget(DecisionNote.Write(record, default));
        var after = DecisionDetails.Of(record, default)!;

        Assert.Null(record.Model);
        Assert.Equal(before.Passed, after.Passed);
        Assert.Equal([new PassedDetails("one", "dialplan.yaml:3", "called '2' is not one of 1")], after.Passed);
        Assert.Equal(("two", "dialplan.yaml:3", 403, null), (after.Route, after.At, after.Status, after.PassedLeftOut));
    }

    /// <summary>As many calls as are kept, each with a number of its own.</summary>
    [Fact]
    public void Ten_thousand_routes_leave_little_of_two_thousand_calls()
    {
        var model = Model(Enumerable.Range(0, Routes).Select(number => Rejecting($"customer-{number * 7919L % 1_000_003}", new RealmCondition([Scene.Realms[0]]), SceneModel.Called($"{number * 104_729L % 99_999_989}"))));
        var octets = 0;
        foreach (var call in Enumerable.Range(0, Calls))
        {
            var record = Record(model, $"+4930{call * 15_485_863L % 10_000_019}");
            record.Forget(DecisionNote.Write(record, default));
            octets += record.Note!.Length;
            if (call % 100 == 0)
            {
                var details = DecisionDetails.Of(record, default)!;
                Assert.Equal((DecisionNote.MostPassed, Routes - DecisionNote.MostPassed), (details.Passed.Length, details.PassedLeftOut));
                Assert.StartsWith($"called '{record.Called}' is not one of ", details.Passed[^1].Reason, StringComparison.Ordinal);
            }
        }

        Assert.InRange(octets, 1, 4_000_000);
    }

    /// <summary>Who calls may write what he likes.</summary>
    [Fact]
    public void A_long_header_field_is_cut()
    {
        Assert.True(RouteRegex.TryCreate("^gold$", out var gold, out _));
        var record = Record(Model(Enumerable.Range(0, 200).Select(number => Rejecting($"gold-{number}", new HeaderCondition("X-Class", gold!)))), "1");
        var random = new Random(1);
        var value = string.Concat(Enumerable.Range(0, 5000).Select(_ => (char)random.Next('!', '~')));
        var note = DecisionNote.Write(record, Encoding.UTF8.GetBytes(
            $"INVITE sip:1@a SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:1@a>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nX-Class: {value}\r\nContent-Length: 0\r\n\r\n"));
        record.Forget(note);

        var details = DecisionDetails.Of(record, default)!;
        Assert.Equal(DecisionNote.MostPassed, details.Passed.Length);
        Assert.All(details.Passed, passed => Assert.Equal($"header X-Class: '{value[..(DecisionNote.LongestText - 17)]}…", passed.Reason));
        Assert.InRange(note!.Length, 200, 2000);
    }
}
