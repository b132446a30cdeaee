using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Media;

namespace SipAlg.Calls.Tests.Dialplan;

/// <summary>Routes, realms and peers for tests of the dialplan.</summary>
internal static class DialplanBench
{
    public static readonly Realm Phones = Realm(0, "phones");
    public static readonly Realm Core = Realm(1, "core");
    public static readonly Peer Pbx = Peer(0, "pbx", 1);
    public static readonly Peer Carrier = Peer(1, "carrier", 1);
    public static readonly Peer CarrierB = Peer(2, "carrier-b", 1);

    public static RouteTable Table(params Route[] routes) => new([.. routes], new Random(1));

    public static RouteHead Head(string name, params Condition[] conditions) => new(name, false, [.. conditions], StatusSet.Default, "test:1");

    public static Route To(RouteHead head, params RouteTarget[] targets) => Set(head, RouteEdits.None, targets);

    public static Route Set(RouteHead head, RouteEdits edits, params RouteTarget[] targets) =>
        Route.Deliver(head, edits, [.. targets], [.. targets.Select(_ => (Template?)null)]);

    public static RouteTarget To(Peer peer, int? priority = null, int? weight = null) =>
        new() { Kind = TargetKind.Peer, Peer = peer, Realm = peer.Realm, Priority = priority, Weight = weight };

    public static NumberCondition Called(string regex) => new(isCalled: true, new RegexNumbers(Regex(regex)));

    public static NumberCondition CalledPrefix(params string[] prefixes) => new(isCalled: true, new NumberPrefixes([.. prefixes]));

    public static NumberCondition CalledIn(params string[] numbers) => new(isCalled: true, new ListedNumbers([.. numbers]));

    public static RealmCondition In(params Realm[] realms) => new([.. realms]);

    public static PeerCondition From(params Peer[] peers) => new([.. peers]);

    public static RouteRegex Regex(string pattern)
    {
        Assert.True(RouteRegex.TryCreate(pattern, out var regex, out var fault), fault);
        return regex!;
    }

    public static Template Template(string text)
    {
        Assert.True(SipAlg.Calls.Dialplan.Template.TryParse(text, out var template));
        return template!;
    }

    public static TimeWindow Window(string text)
    {
        Assert.True(TimeWindow.TryParse(text, out var window, out var fault), fault);
        return window!;
    }

    public static Peer Peer(int index, string name, int realm) => new() { Index = index, Name = name, Realm = realm };

    private static Realm Realm(int index, string name) => new()
    {
        Index = index,
        Name = name,
        Listen = [],
        Advertise = AdvertiseRule.Local,
        Media = new RealmMedia { FirstPort = 10000, LastPort = 19999 },
        Latching = Latching.Symmetric,
    };

    public sealed class HeaderFields(params (string Name, string Value)[] headers) : IRouteHeaders
    {
        public bool TryFind(string name, int occurrence, out ReadOnlySpan<char> value)
        {
            foreach (var header in headers)
            {
                if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && occurrence-- == 0)
                {
                    value = header.Value;
                    return true;
                }
            }

            value = default;
            return false;
        }
    }
}
