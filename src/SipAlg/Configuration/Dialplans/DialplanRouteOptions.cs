using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Dialplans;

internal sealed class DialplanRouteOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public Located<string>? Name { get; private set; }
    public Located<bool>? Emergency { get; private set; }
    public WhenOptions? When { get; private set; }
    public SetOptions? Set { get; private set; }
    public Located<IReadOnlyList<Located<TargetOptions>>>? To { get; private set; }
    public Located<RejectOptions>? Reject { get; private set; }
    public Located<IReadOnlyList<Located<StatusRange>>>? TryNextOn { get; private set; }
    public Located<bool>? RingsAll { get; private set; }
    public Located<bool>? FollowsRedirects { get; private set; }
    public Located<CodecOptions>? Codecs { get; private set; }
    public Located<StatusMap>? MapStatus { get; private set; }
    public Located<bool>? Unauthenticated { get; private set; }
    public FilterOptions? Filter { get; private set; }

    public static ObjectShape<DialplanRouteOptions> Shape { get; } = new ObjectShape<DialplanRouteOptions>(at => new DialplanRouteOptions(at))
        .Key("name", Scalars.Text, (o, v) => o.Name = v, "Shown in logs, records and dry runs.", "route N, counted over the dialplan")
        .Key("emergency", Scalars.Flag, (o, v) => o.Emergency = v, "Exempt from limits, overload and drain.", "false")
        .Key("when", WhenOptions.Shape, (o, v) => o.When = v.Value, "Conditions, all of which must hold.", "every request")
        .Key("set", SetOptions.Shape, (o, v) => o.Set = v.Value, "What is changed on the way.")
        .Key("to", new ListShape<TargetOptions>(TargetOptions.Shape), (o, v) => o.To = v, "Targets to try.")
        .Key("reject", RejectOptions.Shape, (o, v) => o.Reject = v, "Refuses the request.")
        .Key("try_next_on", new ListShape<StatusRange>(Statuses.Shape, allowsOne: true, allowsNone: true), (o, v) => o.TryNextOn = v,
            "Answers after which the next target is tried, besides timeout and transport failure.", "[408, 500, 502-504]")
        .Key("ring", new ChoiceShape<bool>([("all", true)]), (o, v) => o.RingsAll = v, "Targets of equal priority ring together.", "one after another")
        .Key("redirects", new ChoiceShape<bool>([("follow", true), ("pass", false)]), (o, v) => o.FollowsRedirects = v, "What is done with a 3xx of a target.", "follow")
        .Key("codecs", CodecOptions.Shape, (o, v) => o.Codecs = v, "Codecs that both sides may use.")
        .Key("map_status", StatusMaps.Shape, (o, v) => o.MapStatus = v, "What the targets' final answers become for the caller.")
        .Key("unauthenticated", Scalars.Flag, (o, v) => o.Unauthenticated = v, "Callers who have not proven who they are may use it too; only with emergency.", "false")
        .Key("filter", FilterOptions.Shape, (o, v) => o.Filter = v.Value, "What crosses of every message of what the route begins.");
}

internal sealed class RejectOptions
{
    public Located<int>? Status { get; private set; }
    public Located<string>? Reason { get; private set; }

    public static ObjectShape<RejectOptions> Shape { get; } = new ObjectShape<RejectOptions>(_ => new RejectOptions())
        .Required("status", Scalars.Integer(400, 699), (o, v) => o.Status = v, "Final status of the answer.")
        .Key("reason", Scalars.Text, (o, v) => o.Reason = v, "Reason phrase of the answer.", "the status's own");
}
