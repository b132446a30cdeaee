using System.Globalization;
using static SipAlg.Testing.Wire.WireRules;

namespace SipAlg.Testing.Wire;

/// <summary>RFC 3264 §8: in one dialog o= stays but for its version, which grows by one when anything else changes, and only then.</summary>
internal sealed class OriginRules : IWireRules
{
    private sealed record Origin(string Fixed, ulong Version, string Rest);

    private readonly HashSet<string> _seen = [];
    private readonly Dictionary<(string CallId, string Local, string Remote), Origin> _last = [];

    public void FromPhone(WireMessage message)
    {
        // Only the gateway's descriptions are judged.
    }

    public void FromGateway(WireMessage message)
    {
        if (!message.HasDescription || !_seen.Add(message.Sent.Text))
        {
            return;
        }

        var (local, remote) = message.IsRequest ? (message.FromTag, message.ToTag) : (message.ToTag, message.FromTag);
        var origin = Read(message);
        var last = _last.GetValueOrDefault((message.CallId, local, remote)) ?? (message.IsRequest ? _last.GetValueOrDefault((message.CallId, local, "")) : null);
        _last[(message.CallId, local, remote)] = origin;
        if (last is not null)
        {
            Demand(origin.Fixed == last.Fixed, $"o= was {last.Fixed}", message);
            Demand(origin.Version == (origin.Rest == last.Rest ? last.Version : last.Version + 1), $"The version was {last.Version}, of\n{last.Rest}", message);
        }
    }

    private static Origin Read(WireMessage message)
    {
        var body = message.Body;
        var start = body.IndexOf("o=", StringComparison.Ordinal);
        var end = body.IndexOf("\r\n", start, StringComparison.Ordinal);
        var words = body[start..end].Split(' ');
        Demand(words.Length == 6, "o= has not six words", message);
        var version = ulong.Parse(words[2], CultureInfo.InvariantCulture);
        return new Origin(string.Join(' ', words[..2].Concat(words[3..])), version, body[..start] + body[end..]);
    }
}
