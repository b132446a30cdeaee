using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Configuration.Options;

/// <summary>A peer's <c>headers</c>.</summary>
internal sealed class HeaderRuleOptions
{
    public IReadOnlyList<Located<string>>? Pass { get; private set; }
    public IReadOnlyList<Located<string>> Remove { get; private set; } = [];
    public IReadOnlyList<Named<string>> Add { get; private set; } = [];

    private static readonly ScalarShape<string> Header = new("a header name", text => HeaderNames.EditFault(text) is { } fault ? Parsed<string>.Bad(fault) : text);

    public static ObjectShape<HeaderRuleOptions> Shape { get; } = new ObjectShape<HeaderRuleOptions>(_ => new HeaderRuleOptions())
        .Key("pass", new ListShape<string>(Header, allowsOne: true, allowsNone: true), (o, v) => o.Pass = v.Value,
            "Of the headers that the gateway does not understand, those that go to the peer.", "all")
        .Key("remove", new ListShape<string>(Header, allowsOne: true), (o, v) => o.Remove = v.Value, "Headers that do not go to the peer.", "none")
        .Key("add", new MapShape<string>(Scalars.Text, HeaderNames.EditFault, names: HeaderNames.Schema), (o, v) => o.Add = v.Value,
            "Headers of each request to the peer that begins a dialog.", "none");

    public HeaderRules Build() => new()
    {
        Pass = Pass?.Select(name => HeaderNames.Long(name.Value)).ToImmutableArray(),
        Remove = [.. Remove.Select(name => HeaderNames.Long(name.Value))],
        Add = [.. Add.Select(header => new HeaderAddition(HeaderNames.Long(header.Name), header.Value))],
    };
}

/// <summary>The <c>codecs</c> of a peer or a route.</summary>
internal sealed class CodecOptions
{
    public IReadOnlyList<Located<SdpCodec>> Allow { get; private set; } = [];
    public IReadOnlyList<Located<SdpCodec>> Remove { get; private set; } = [];
    public IReadOnlyList<Located<SdpCodec>> Prefer { get; private set; } = [];

    private static readonly ListShape<SdpCodec> Codecs = new(
        new ScalarShape<SdpCodec>("a codec", text => SdpCodec.TryParse(text) is { } codec
            ? codec
            : Parsed<SdpCodec>.Bad("is no codec", "write its RTP encoding name, as PCMA, or with its clock rate, as opus/48000")),
        allowsOne: true);

    public static ObjectShape<CodecOptions> Shape { get; } = new ObjectShape<CodecOptions>(_ => new CodecOptions())
        .Key("allow", Codecs, (o, v) => o.Allow = v.Value, "No other codecs than these.", "all")
        .Key("remove", Codecs, (o, v) => o.Remove = v.Value, "Not these codecs.", "none")
        .Key("prefer", Codecs, (o, v) => o.Prefer = v.Value, "First in each offer, in this order.", "as offered");

    public IEnumerable<Located<SdpCodec>> All => Allow.Concat(Remove).Concat(Prefer);

    public CodecRules Build() => new()
    {
        Allow = [.. Allow.Select(codec => codec.Value)],
        Remove = [.. Remove.Select(codec => codec.Value)],
        Prefer = [.. Prefer.Select(codec => codec.Value)],
    };
}

/// <summary>The <c>map_status</c> of a peer or a route: statuses by statuses.</summary>
internal static class StatusMaps
{
    private static readonly ScalarShape<int> Status = Scalars.Integer(400, 699);

    public static Shape<StatusMap> Shape { get; } = new MappedShape<IReadOnlyList<Named<int>>, StatusMap>(
        new MapShape<int>(Status, Fault, allowsNone: false, new JsonObject { ["pattern"] = "^[3-6][0-9][0-9]$" }),
        written => new StatusMap([.. written.Where(pair => pair.IsSound).Select(pair => KeyValuePair.Create(Number(pair.Name), pair.Value))]));

    private static string? Fault(string status) => Number(status) is >= 300 and <= 699 ? null : $"'{status}' is no final status from 300 to 699";

    private static int Number(string text) => text.Length == 3 && text.All(char.IsAsciiDigit) ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
}
