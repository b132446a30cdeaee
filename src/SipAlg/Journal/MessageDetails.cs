using System.Text;
using System.Text.Json.Serialization;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transports;

namespace SipAlg.Journal;

/// <summary>A message of a call; docs/cdr.md is its description.</summary>
internal sealed record MessageDetails
{
    public DateTimeOffset At { get; init; }
    public required string Realm { get; init; }

    /// <summary>in or out.</summary>
    public required string Direction { get; init; }
    public required string Transport { get; init; }

    /// <summary>The gateway's.</summary>
    public required string Local { get; init; }
    public required string Remote { get; init; }

    /// <summary>The same message has gone the same way before; false is left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Repeated { get; init; }

    /// <summary>The network did not take it; false is left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unsent { get; init; }

    /// <summary>As on the wire, secrets masked; octets that are no UTF-8 are replaced.</summary>
    public required string Message { get; init; }

    /// <param name="message">What was kept.</param>
    /// <param name="realm">Of its listener.</param>
    public static MessageDetails Of(TracedMessage message, string realm) => new()
    {
        At = message.At,
        Realm = realm,
        Direction = message.IsReceived ? "in" : "out",
        Transport = TransportNames.Text(message.Flow.Transport),
        Local = message.Flow.Local.ToString(),
        Remote = message.Flow.Remote.ToString(),
        Repeated = message.IsRepeat,
        Unsent = message.IsUnsent,
        Message = Encoding.UTF8.GetString(message.Octets),
    };
}
