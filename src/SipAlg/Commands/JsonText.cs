using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SipAlg.Commands;

/// <summary>What <c>--json</c> prints.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Option<bool> Option() => new("--json") { Description = "As JSON, for programs." };

    /// <summary>Indented, numbers as +49.</summary>
    public static string Of(JsonNode? body) => body?.ToJsonString(Indented) ?? "{}";
}
