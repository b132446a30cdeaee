using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Options;

namespace SipAlg.Configuration;

/// <summary>The JSON Schema of the files, from the same definitions that read them (draft 7: what editors' YAML support knows).</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string OfConfiguration() => Write("SipAlg configuration", GatewayOptions.Shape.Schema());

    public static string OfDialplan() => Write("SipAlg dialplan", DialplanOptions.Shape.Schema());

    private static string Write(string title, JsonObject schema)
    {
        schema.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        schema.Insert(1, "title", title);
        return schema.ToJsonString(Indented);
    }
}
