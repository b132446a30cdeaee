using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Dialplans;

internal sealed class TargetOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public Located<string>? Peer { get; private set; }
    public Located<Template>? Uri { get; private set; }
    public Located<ServiceKind>? Service { get; private set; }
    public Located<Template>? Registered { get; private set; }
    public Located<string>? Realm { get; private set; }
    public Located<int>? Priority { get; private set; }
    public Located<int>? Weight { get; private set; }
    public Located<TimeSpan>? NoAnswer { get; private set; }

    public static ObjectShape<TargetOptions> Shape { get; } = new ObjectShape<TargetOptions>(at => new TargetOptions(at))
        .Key("peer", Scalars.Name, (o, v) => o.Peer = v, "A peer that has an address.")
        .Key("uri", SetOptions.TemplateShape, (o, v) => o.Uri = v, "A SIP URI; captures are escaped.")
        .Key("service", new ChoiceShape<ServiceKind>([("echo", ServiceKind.Echo), ("tone", ServiceKind.Tone)]), (o, v) => o.Service = v, "Answered by the gateway itself.")
        .Key("registered", SetOptions.TemplateShape, (o, v) => o.Registered = v, "The phones of a user, by name, number or alias; captures are filled in.")
        .Key("realm", Scalars.Name, (o, v) => o.Realm = v, "Realm that a uri is reached through.", "the only realm")
        .Key("priority", Scalars.Integer(0, 65535), (o, v) => o.Priority = v, "Lower is tried earlier.", "as written")
        .Key("weight", Scalars.Integer(1, 65535), (o, v) => o.Weight = v, "Share among targets of equal priority.", "as written")
        .Key("no_answer", Durations.Between("1s", "1h"), (o, v) => o.NoAnswer = v, "How long it may ring.", "calls.no_answer");
}
