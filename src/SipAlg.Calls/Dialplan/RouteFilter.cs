using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Dialplan;

/// <summary>What a route lets through of every message of what it begins, in both directions and to the end: the first is judged no more strictly than the last.</summary>
public sealed record RouteFilter
{
    public static RouteFilter None { get; } = new();

    /// <summary>Which headers cross, besides what the peers' own rules say.</summary>
    public HeaderRules Headers { get; init; } = HeaderRules.None;

    /// <summary>The types of bodies that are taken, besides SDP; null: all.</summary>
    public ImmutableArray<byte[]>? Bodies { get; init; }

    /// <summary>Numbers that may be called, first and by a transfer; null: all.</summary>
    public NumberPattern? Called { get; init; }

    /// <summary>Whether the message's body is of a type that is taken; one without a body is. What is in a multipart body is not looked at: its own type counts.</summary>
    public bool TakesBody(SipMessage message)
    {
        if (Bodies is not { } taken || message.Body.IsEmpty)
        {
            return true;
        }

        var type = message.First(HeaderId.ContentType);
        if (MimeType.Is(type, "application/sdp"u8))
        {
            return true;
        }

        foreach (var known in taken)
        {
            if (MimeType.Is(type, known))
            {
                return true;
            }
        }

        return false;
    }
}
