using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Sip;

namespace SipAlg.Configuration.Dialplans;

internal sealed class SetOptions
{
    public Located<Template>? Called { get; private set; }
    public Located<Template>? Caller { get; private set; }
    public Located<Template>? CallerName { get; private set; }
    public Located<Template>? Domain { get; private set; }
    public Located<IReadOnlyList<Located<PrivacyValues>>>? Privacy { get; private set; }
    public IReadOnlyList<Named<Template?>> Headers { get; private set; } = [];

    /// <summary>A text with captures, on one line.</summary>
    internal static ScalarShape<Template> TemplateShape { get; } = new("a text", text => text.AsSpan().ContainsAny('\r', '\n')
        ? Parsed<Template>.Bad("holds a line break")
        : Template.TryParse(text, out var template) ? template! : Parsed<Template>.Bad("has a '${' without a name and '}'", "write $${ for a literal ${"));

    private static readonly ChoiceShape<PrivacyValues> PrivacyChoice = new(
    [
        ("none", PrivacyValues.None), ("id", PrivacyValues.Id), ("user", PrivacyValues.User), ("header", PrivacyValues.Header),
        ("session", PrivacyValues.Session), ("history", PrivacyValues.History), ("critical", PrivacyValues.Critical),
    ]);

    public static ObjectShape<SetOptions> Shape { get; } = new ObjectShape<SetOptions>(_ => new SetOptions())
        .Key("called", TemplateShape, (o, v) => o.Called = v, "New called number.")
        .Key("caller", TemplateShape, (o, v) => o.Caller = v, "New caller's number.")
        .Key("caller_name", TemplateShape, (o, v) => o.CallerName = v, "New caller's display name.")
        .Key("domain", TemplateShape, (o, v) => o.Domain = v, "New host in Request-URI, From, To and P-Asserted-Identity.", "the target's")
        .Key("privacy", new ListShape<PrivacyValues>(PrivacyChoice, allowsOne: true), (o, v) => o.Privacy = v,
            "Privacy that the caller is given, in place of what it asked for (RFC 3323, RFC 3325).", "what the caller asked for")
        .Key("headers", new MapShape<Template?>(new NullableShape<Template>(TemplateShape), HeaderNames.EditFault, names: HeaderNames.Schema), (o, v) => o.Headers = v.Value, "Headers to write; null removes.");
}
