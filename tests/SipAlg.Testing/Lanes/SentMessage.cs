using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Testing.Lanes;

/// <summary>A message that the gateway gave to the network.</summary>
/// <param name="At">Milliseconds on the harness's clock.</param>
/// <param name="Flow">Where it was sent.</param>
/// <param name="Octets">A copy.</param>
/// <param name="Result">What the network answered.</param>
public sealed record SentMessage(long At, Flow Flow, byte[] Octets, SendResult Result)
{
    public string Text => Encoding.UTF8.GetString(Octets);

    /// <summary>The first line.</summary>
    public string StartLine => Text[..Text.IndexOf("\r\n", StringComparison.Ordinal)];

    /// <summary>The message as a far side reads it.</summary>
    /// <exception cref="InvalidOperationException">The gateway sent a malformed message.</exception>
    public SipMessage Parse()
    {
        var message = new SipMessage();
        var fault = SipParser.Parse(message, Octets, 0, Octets.Length, isStream: true);
        return fault == MessageFault.None ? message : throw new InvalidOperationException($"The gateway sent a malformed message ({fault}):\n{Text}");
    }

    /// <summary>The value of the first header field of this name, or null.</summary>
    public string? Header(HeaderId id)
    {
        var message = Parse();
        return message.Has(id) ? Encoding.UTF8.GetString(message.First(id)) : null;
    }
}
