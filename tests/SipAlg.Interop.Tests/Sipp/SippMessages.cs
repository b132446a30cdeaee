using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace SipAlg.Interop.Tests.Sipp;

/// <summary>A message as SIPp wrote it down, and when.</summary>
internal sealed record SippMessage(DateTime At, bool IsSent, string Text)
{
    /// <summary>The first header field of this name.</summary>
    public string Field(string name) => Find($"^{name}: *([^\r\n]*)");

    public string ToTag => Find("^To:[^\r\n]*;tag=([^;\r\n]*)");

    public string FromTag => Find("^From:[^\r\n]*;tag=([^;\r\n]*)");

    public string Body => Text[(Text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];

    /// <summary>Where the description wants its audio.</summary>
    public IPEndPoint Audio => new(IPAddress.Parse(Find("^c=IN IP[46] ([^\r\n]*)")), int.Parse(Find("^m=audio ([0-9]+)")));

    /// <summary>The <c>o=</c> line of the description.</summary>
    public string Origin => Find("^o=(.*)");

    private string Find(string pattern)
    {
        var match = Regex.Match(Text, pattern, RegexOptions.Multiline);
        Assert.True(match.Success, $"no {pattern} in\n{Text}");
        return match.Groups[1].Value;
    }
}

/// <summary>SIPp's file of messages.</summary>
internal static partial class SippMessages
{
    public static IReadOnlyList<SippMessage> Parse(string file) =>
    [
        .. Head().Split(file.ReplaceLineEndings("\n")).Skip(1).Chunk(3)
            .Select(parts => new SippMessage(DateTime.Parse(parts[0], CultureInfo.InvariantCulture), parts[1] == "sent", parts[2].TrimStart('\n'))),
    ];

    [GeneratedRegex(@"^-{20,} ([^\n]*)\n[A-Z]+ message (sent|received) [^\n]*:\n", RegexOptions.Multiline)]
    private static partial Regex Head();
}
