using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Dialplans;

/// <summary>A route's <c>filter</c>.</summary>
internal sealed class FilterOptions
{
    public FilteredHeaders? Headers { get; private set; }
    public IReadOnlyList<Located<string>>? Bodies { get; private set; }
    public Located<NumbersOptions>? Called { get; private set; }

    private static readonly ScalarShape<string> MediaType = new("a media type", text =>
        text.Split('/') is [{ Length: > 0 } type, { Length: > 0 } subtype] && HeaderNames.TokenFault(type) is null && HeaderNames.TokenFault(subtype) is null
            ? text
            : Parsed<string>.Bad("is no media type", "write it as application/dtmf-relay, without parameters"));

    public static ObjectShape<FilterOptions> Shape { get; } = new ObjectShape<FilterOptions>(_ => new FilterOptions())
        .Key("headers", FilteredHeaders.Shape, (o, v) => o.Headers = v.Value, "Which headers cross, in both directions.")
        .Key("bodies", new ListShape<string>(MediaType, allowsOne: true, allowsNone: true), (o, v) => o.Bodies = v.Value, "Types of bodies that are taken, besides SDP; requests with others are answered 415.", "all")
        .Key("called", NumbersOptions.Shape, (o, v) => o.Called = v, "Numbers that may be called, at first and by a transfer; others are answered 403.", "all");
}

/// <summary>The <c>headers</c> of a <c>filter</c>.</summary>
internal sealed class FilteredHeaders
{
    public IReadOnlyList<Located<string>>? Pass { get; private set; }
    public IReadOnlyList<Located<string>> Remove { get; private set; } = [];

    private static readonly ScalarShape<string> Header = new("a header name", text => HeaderNames.EditFault(text) is { } fault ? Parsed<string>.Bad(fault) : text);

    public static ObjectShape<FilteredHeaders> Shape { get; } = new ObjectShape<FilteredHeaders>(_ => new FilteredHeaders())
        .Key("pass", new ListShape<string>(Header, allowsOne: true, allowsNone: true), (o, v) => o.Pass = v.Value, "Of the headers that the gateway does not understand, those that cross.", "all")
        .Key("remove", new ListShape<string>(Header, allowsOne: true), (o, v) => o.Remove = v.Value, "Headers that do not cross.", "none");
}
