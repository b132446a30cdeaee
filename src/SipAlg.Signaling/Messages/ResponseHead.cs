using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Messages;

/// <summary>What a response takes from its request (RFC 3261 §8.2.6.2), and where it goes (§18.2.2, RFC 3581 §4).</summary>
public static class ResponseHead
{
    /// <summary>Writes the status line, Via, From, To, Call-ID and CSeq.</summary>
    /// <param name="writer">At its beginning.</param>
    /// <param name="request">May be one that is malformed, as long as it has the fields.</param>
    /// <param name="flow">The flow it came by.</param>
    /// <param name="status">100 to 699.</param>
    /// <param name="phrase">Empty for the usual one.</param>
    /// <param name="toTag">Added to a To that has none; empty for a 100.</param>
    public static void Write(ref MessageWriter writer, SipMessage request, in Flow flow, int status, scoped ReadOnlySpan<byte> phrase, scoped ReadOnlySpan<byte> toTag)
    {
        writer.Write("SIP/2.0 "u8);
        writer.Write(status);
        writer.Write((byte)' ');
        writer.Write(phrase.IsEmpty ? StatusPhrases.Of(status) : phrase);
        writer.EndLine();
        WriteFields(ref writer, request, flow, toTag);
    }

    /// <summary>Writes Via, From, To, Call-ID and CSeq: what all responses to one request share behind the status line.</summary>
    public static void WriteFields(ref MessageWriter writer, SipMessage request, in Flow flow, scoped ReadOnlySpan<byte> toTag)
    {
        WriteVias(ref writer, request, flow);
        writer.Field("From"u8, request.First(HeaderId.From));
        writer.Write("To: "u8);
        writer.Write(request.First(HeaderId.To));
        if (request.ToTag.IsEmpty && !toTag.IsEmpty)
        {
            writer.Write(";tag="u8);
            writer.Write(toTag);
        }

        writer.EndLine();
        writer.Field("Call-ID"u8, request.First(HeaderId.CallId));
        writer.Field("CSeq"u8, request.First(HeaderId.CSeq));
    }

    private static void WriteVias(ref MessageWriter writer, SipMessage request, in Flow flow)
    {
        for (var index = request.TryFirst(HeaderId.Via, out var first) ? first : -1; index >= 0; index = request.Next(index))
        {
            var value = request.Fields[index].Value;
            writer.Write("Via: "u8);
            if (index == first && !request.TopVia.IsEmpty)
            {
                WriteTopVia(ref writer, request, flow);
                writer.Write(request[Slice.Between(request.TopVia.End, value.End)]);
            }
            else
            {
                writer.Write(request[value]);
            }

            writer.EndLine();
        }
    }

    /// <summary>
    /// The top Via as it came, with the source in "received" where sent-by names another host (RFC 3261 §18.2.1) or rport
    /// was asked for (RFC 3581 §4), and the source port in "rport".
    /// </summary>
    private static void WriteTopVia(ref MessageWriter writer, SipMessage request, in Flow flow)
    {
        _ = request.TryTopVia(out var via);
        writer.Write(request[request.TopVia][..^via.Parameters.Length]);
        var parameters = new Parameters(via.Parameters);
        while (parameters.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(parameters.Name, "rport"u8))
            {
                writer.Write(";rport="u8);
                writer.Write(flow.Remote.Port);
            }
            else if (!Ascii.EqualsIgnoreCase(parameters.Name, "received"u8))
            {
                writer.Write(parameters.Whole);
            }
        }

        if (via.WantsPort || !IpAddress.TryParse(via.Host, out var sentBy) || sentBy != flow.Remote.Address)
        {
            Span<byte> address = stackalloc byte[IpAddress.MaxTextLength];
            writer.Write(";received="u8);
            writer.Write(address[..flow.Remote.Address.Format(address)]);
        }
    }

    /// <summary>
    /// Where the response goes: on a stream back along the connection; over UDP to the source address, at the source port
    /// if rport was asked for, else at the port of sent-by. maddr is not followed: it would let a stranger aim our answers.
    /// </summary>
    public static Flow ReplyFlow(SipMessage request, in Flow flow)
    {
        if (flow.IsReliable || !request.TryTopVia(out var via) || via.NamesPort)
        {
            return flow;
        }

        var port = via.Port == 0 ? SipPorts.Default(flow.Transport) : via.Port;
        return new Flow(flow.Transport, flow.Listener, flow.Local, flow.Remote.WithPort(port));
    }
}
