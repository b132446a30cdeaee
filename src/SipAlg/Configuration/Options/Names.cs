using System.Text.Json.Nodes;

namespace SipAlg.Configuration.Options;

/// <summary>Names of realms and peers: they stand in metrics, logs and commands.</summary>
internal static class Names
{
    /// <summary>The same rule as a JSON Schema of names.</summary>
    public static JsonObject Schema => new() { ["pattern"] = "^[-_.0-9A-Za-z]{1,64}$" };

    public static string? Fault(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? null
            : $"'{name}' is no name: letters, digits, '-', '_' and '.', at most 64";
}
