namespace SipAlg.Interop.Tests.Sipp;

/// <summary>A scenario file, whose <c>@name@</c> places are filled in: what SIPp's own keywords cannot stand for.</summary>
internal sealed record SippScenario(string Name) : ISippScenario
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Sipp", "Scenarios");

    private readonly Dictionary<string, string> _places = new()
    {
        // Lines of a request's head, each ended.
        ["headers"] = "",
        ["max_forwards"] = "70",
        // RFC 3261 T1 of a caller, in milliseconds.
        ["t1"] = "500",
        // Milliseconds for which a call that is over still answers retransmissions.
        ["linger"] = "300",
        // Where in-dialog requests to a callee go.
        ["contact"] = "[local_ip]:[local_port]",
    };

    public SippScenario With(string place, string text)
    {
        _places[place] = text;
        return this;
    }

    public string Text => _places.Aggregate(File.ReadAllText(Path.Combine(Folder, Name + ".xml")), (text, place) => text.Replace($"@{place.Key}@", place.Value, StringComparison.Ordinal));
}
