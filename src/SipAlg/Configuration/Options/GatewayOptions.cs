using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Options;

/// <summary>What <c>sipalg.yaml</c> says. Null stands for what is not written.</summary>
internal sealed class GatewayOptions(SourcePosition at)
{
    public SourcePosition At { get; } = at;
    public Located<AdminOptions>? Admin { get; private set; }
    public IReadOnlyList<Named<RealmOptions>> Realms { get; private set; } = [];
    public IReadOnlyList<Named<PeerOptions>> Peers { get; private set; } = [];
    public UsersOptions? Users { get; private set; }
    public IReadOnlyList<Named<TableOptions>> Tables { get; private set; } = [];
    public Located<string>? Dialplan { get; private set; }
    public MediaOptions? Media { get; private set; }
    public SipOptions? Sip { get; private set; }
    public CallOptions? Calls { get; private set; }
    public StateOptions? State { get; private set; }
    public Located<CdrOptions>? Cdr { get; private set; }
    public LoggingOptions? Logging { get; private set; }
    public TraceOptions? Trace { get; private set; }
    public BanOptions? Bans { get; private set; }
    public FraudOptions? Fraud { get; private set; }
    public Located<bool>? ReloadsItself { get; private set; }

    /// <summary>The whole file.</summary>
    public ConfigNode? Node { get; set; }

    public static ObjectShape<GatewayOptions> Shape { get; } = new ObjectShape<GatewayOptions>(at => new GatewayOptions(at))
        .Key("admin", AdminOptions.Shape, (o, v) => o.Admin = v, "Web console, REST API, metrics and health.")
        .Required("realms", new MapShape<RealmOptions>(RealmOptions.Shape, Names.Fault, allowsNone: false, names: Names.Schema), (o, v) => o.Realms = v.Value, "The networks that the gateway stands between.")
        .Key("peers", new MapShape<PeerOptions>(PeerOptions.Shape, Names.Fault, names: Names.Schema, keepsNodes: true), (o, v) => o.Peers = v.Value, "Systems that the gateway talks to: a PBX, carriers.")
        .Key("users", UsersOptions.Shape, (o, v) => o.Users = v.Value, "Phones that may register here; or the path of a file or a folder of them.")
        .Key("tables", new MapShape<TableOptions>(TableOptions.Shape, Names.Fault, names: Names.Schema), (o, v) => o.Tables = v.Value, "Lists of numbers for the dialplan.")
        .Required("dialplan", Scalars.Path, (o, v) => o.Dialplan = v, "A dialplan file, or a folder whose *.yaml are read in name order.")
        .Key("media", MediaOptions.Shape, (o, v) => o.Media = v.Value, "How media is relayed.")
        .Key("sip", SipOptions.Shape, (o, v) => o.Sip = v.Value, "RFC 3261 timers.")
        .Key("calls", CallOptions.Shape, (o, v) => o.Calls = v.Value, "Limits in time of every call.")
        .Key("state", StateOptions.Shape, (o, v) => o.State = v.Value, "What the gateway keeps between runs.")
        .Key("cdr", CdrOptions.Shape, (o, v) => o.Cdr = v, "One record a call.")
        .Key("logging", LoggingOptions.Shape, (o, v) => o.Logging = v.Value, "What is logged, and how.")
        .Key("trace", TraceOptions.Shape, (o, v) => o.Trace = v.Value, "What is kept of recent calls to look into.")
        .Key("bans", BanOptions.Shape, (o, v) => o.Bans = v.Value, "Which sources are not heard for a while, or off.")
        .Key("fraud", FraudOptions.Shape, (o, v) => o.Fraud = v.Value, "Limits against toll fraud.")
        .Key("reload", new ChoiceShape<bool>([("auto", true), ("off", false)]), (o, v) => o.ReloadsItself = v, "Whether the gateway reloads by itself when one of its files changes: auto or off.", "off")
        .Free("x-");
}
