using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Agents;
using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Wire;

/// <summary>A message on the wire, with the fields that agents and rules look at as text.</summary>
public sealed class WireMessage
{
    private readonly SipMessage _message;

    public WireMessage(SentMessage sent)
        : this(sent, sent.Parse())
    {
    }

    private WireMessage(SentMessage sent, SipMessage message)
    {
        (Sent, _message) = (sent, message);
        Method = Text(message[message.MethodText]);
        CallId = Text(message[message.CallId]);
        FromTag = Text(message[message.FromTag]);
        ToTag = Text(message[message.ToTag]);
        Branch = Text(message[message.Branch]);
    }

    /// <summary>Null where the message is malformed.</summary>
    public static WireMessage? TryRead(SentMessage sent)
    {
        var message = new SipMessage();
        return SipParser.Parse(message, sent.Octets, 0, sent.Octets.Length, sent.Flow.IsReliable) == MessageFault.None ? new WireMessage(sent, message) : null;
    }

    public SentMessage Sent { get; }
    public bool IsRequest => _message.IsRequest;

    /// <summary>Of a response: the one in CSeq.</summary>
    public string Method { get; }

    /// <summary>0 of a request.</summary>
    public int Status => _message.Status;
    public string CallId { get; }
    public string FromTag { get; }
    public string ToTag { get; }
    public string Branch { get; }
    public uint CSeq => _message.CSeq;

    /// <summary>The first field of this name; empty without one.</summary>
    public string this[HeaderId id] => Text(_message.First(id));

    public bool Lists(HeaderId id, string token) => _message.Lists(id, Encoding.UTF8.GetBytes(token));

    /// <summary>RFC 3262 §7.1: the number of a reliable provisional response; 0 if it is none.</summary>
    public uint ReliableNumber => Status is > 100 and < 200 && _message.Lists(HeaderId.Require, "100rel"u8) ? RAck.ParseRSeq(_message.First(HeaderId.RSeq)) : 0;

    /// <summary>The whole body.</summary>
    public string Body => Text(_message.BodyOctets);

    /// <summary>The body is SDP.</summary>
    public bool HasDescription => _message.Has(HeaderId.ContentType) && _message.BodyOctets.StartsWith("v=0"u8);

    /// <summary>The SDP in it; null without.</summary>
    public AgentDescription? Description => HasDescription ? AgentDescription.Parse(Body) : null;

    public string? Contact => NameAddress.TryParse(_message.First(HeaderId.Contact), out var contact) ? Text(contact.Uri) : null;

    /// <summary>The value of a field that the parser does not know, such as "X-Flow"; empty without it.</summary>
    public string Unknown(string name)
    {
        foreach (var field in _message.Fields)
        {
            if (field.Id == HeaderId.Other && System.Text.Ascii.Equals(_message[field.Name], name))
            {
                return Text(_message[field.Value]);
            }
        }

        return "";
    }

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.UTF8.GetString(octets);
}
