using System.Xml.Linq;

namespace SipAlg.Interop.Tests.Sipp;

/// <summary>
/// What SIPp itself looks at in a message that it receives: a mismatch fails its call. Patterns are POSIX extended regular
/// expressions, and an empty <see cref="Header"/> means the whole message.
/// </summary>
internal sealed record Check(string Place, string Header, string Pattern)
{
    /// <summary>Fails when the pattern is found.</summary>
    public bool IsInverse { get; init; }

    /// <summary>The script's variable that takes what was found, or what the pattern's first group holds; none by default.</summary>
    public string Variable { get; init; } = "";

    public static Check Body(string pattern) => new("body", "", pattern);

    public static Check NoBody(string pattern) => Body(pattern) with { IsInverse = true };

    /// <summary>The first header field of this name.</summary>
    public static Check Field(string name, string pattern) => new("hdr", name + ":", pattern);

    public static Check NoField(string name) => NoText(name + ":");

    /// <summary>Somewhere in the message.</summary>
    public static Check Text(string pattern) => new("msg", "", pattern);

    /// <summary>Nowhere in the message.</summary>
    public static Check NoText(string pattern) => new("msg", "", pattern) { IsInverse = true };

    /// <summary>Keeps what the pattern finds in a header field for the requests to come.</summary>
    public static Check Keep(string variable, string name, string pattern) => Field(name, pattern) with { Variable = variable };

    /// <summary>The action of a <c>recv</c>; <paramref name="unused"/> takes what nobody wants.</summary>
    internal XElement Action(string unused) => new(
        "ereg",
        new XAttribute("regexp", Pattern),
        new XAttribute("search_in", Place),
        Header.Length > 0 ? new XAttribute("header", Header) : null,
        new XAttribute(IsInverse ? "check_it_inverse" : "check_it", "true"),
        new XAttribute("assign_to", Variable.Length == 0 ? unused : Pattern.Contains('(', StringComparison.Ordinal) ? $"{unused},{Variable}" : Variable));
}
