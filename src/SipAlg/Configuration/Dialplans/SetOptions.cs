using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Dialplans;

internal sealed class SetOptions
{
    public Located<Template>? Called { get; private set; }
    public Located<Template>? Caller { get; private set; }
    public Located<Template>? CallerName { get; private set; }
    public Located<Template>? Domain { get; private set; }
    public IReadOnlyList<Named<Template?>> Headers { get; private set; } = [];

    /// <summary>A text with captures, on one line.</summary>
    internal static ScalarShape<Template> TemplateShape { get; } = new("a text", text => text.AsSpan().ContainsAny('\r', '\n')
        ? Parsed<Template>.Bad("holds a line break")
        : Template.TryParse(text, out var template) ? template! : Parsed<Template>.Bad("has a '${' without a name and '}'", "write $${ for a literal ${"));

    public static ObjectShape<SetOptions> Shape { get; } = new ObjectShape<SetOptions>(_ => new SetOptions())
        .Key("called", TemplateShape, (o, v) => o.Called = v, "New called number.")
        .Key("caller", TemplateShape, (o, v) => o.Caller = v, "New caller's number.")
        .Key("caller_name", TemplateShape, (o, v) => o.CallerName = v, "New caller's display name.")
        .Key("domain", TemplateShape, (o, v) => o.Domain = v, "New host in Request-URI, From, To and P-Asserted-Identity.", "the target's")
        .Key("headers", new MapShape<Template?>(new NullableShape<Template>(TemplateShape), HeaderNames.EditFault), (o, v) => o.Headers = v.Value, "Headers to write; null removes.")
        .NotBuilt("privacy");
}
