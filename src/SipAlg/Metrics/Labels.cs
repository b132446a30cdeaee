using System.Text.Json;
using SipAlg.Protocol.Sip;

namespace SipAlg.Metrics;

/// <summary>The words of label values: those of the enums in snake_case, so that a new reason has its label by itself.</summary>
internal static class Labels
{
    public static string[] Methods { get; } =
        [.. Enum.GetValues<SipMethod>().Select(method => method == SipMethod.Unknown ? "other" : method.ToString().ToUpperInvariant())];

    public static string[] StatusClasses { get; } = ["1xx", "2xx", "3xx", "4xx", "5xx", "6xx"];

    /// <summary>The names of an enum whose values count from 0; a last value called Count is a length, not a name.</summary>
    public static string[] Of<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Where(name => name != "Count").Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
}
