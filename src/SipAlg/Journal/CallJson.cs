using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SipAlg.Journal;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcMilliseconds)])]
[JsonSerializable(typeof(CallDetails))]
[JsonSerializable(typeof(DecisionDetails))]
internal sealed partial class CallJson : JsonSerializerContext
{
    /// <summary>The output is JSON, never part of a web page, and a number is easier read as +49 than as \u002B49.</summary>
    public static JsonWriterOptions Writer { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
