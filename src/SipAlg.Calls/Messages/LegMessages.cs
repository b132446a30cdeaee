using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Messages;

/// <summary>Writes what every message of a leg has: start line to CSeq, and what the gateway says of itself.</summary>
internal static class LegMessages
{
    /// <summary>What the gateway takes whatever the other side does: the rest crosses, and is offered as far as the other side takes it.</summary>
    private static ReadOnlySpan<byte> AllOwn => "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE"u8;

    /// <summary>The same, one by one.</summary>
    private static ReadOnlySpan<SipMethod> Own => [SipMethod.Invite, SipMethod.Ack, SipMethod.Cancel, SipMethod.Bye, SipMethod.Options, SipMethod.Prack, SipMethod.Update];

    private static ReadOnlySpan<SipMethod> Outside => [SipMethod.Message, SipMethod.Refer, SipMethod.Notify, SipMethod.Subscribe, SipMethod.Publish];

    private static ReadOnlySpan<SipMethod> Crossing => [SipMethod.Info, SipMethod.Message, SipMethod.Refer, SipMethod.Notify, SipMethod.Subscribe];

    /// <summary>Keeps what all responses to a request share, so that the request itself can be forgotten; the routes that it recorded too (RFC 3261 §12.1.1).</summary>
    public static StoredOctets KeepResponseFields(OctetStore octets, byte[] scratch, SipMessage request, in Flow flow, scoped ReadOnlySpan<byte> toTag)
    {
        var writer = new MessageWriter(scratch);
        ResponseHead.WriteFields(ref writer, request, flow, toTag);
        for (var index = request.TryFirst(HeaderId.RecordRoute, out var first) ? first : -1; index >= 0; index = request.Next(index))
        {
            writer.Field("Record-Route"u8, request[request.Fields[index].Value]);
        }

        return octets.Keep(writer.Written);
    }

    /// <summary>What <see cref="KeepResponseFields"/> kept, for the same request but with another tag of ours.</summary>
    public static StoredOctets Retag(OctetStore octets, byte[] scratch, in StoredOctets fields, scoped ReadOnlySpan<byte> tag, scoped ReadOnlySpan<byte> other)
    {
        var copy = scratch.AsSpan(0, fields.Length);
        fields.Span.CopyTo(copy);
        other.CopyTo(copy[copy.LastIndexOf(tag)..]);
        return octets.Keep(copy);
    }

    /// <summary>Begins a response to the INVITE that the leg has been asked.</summary>
    public static void BeginResponse(ref MessageWriter writer, Leg leg, int status, scoped ReadOnlySpan<byte> phrase) =>
        BeginResponse(ref writer, leg.ResponseFields.Span, status, phrase);

    /// <summary>Begins a response with what <see cref="KeepResponseFields"/> kept of its request.</summary>
    public static void BeginResponse(ref MessageWriter writer, scoped ReadOnlySpan<byte> fields, int status, scoped ReadOnlySpan<byte> phrase)
    {
        writer.Write("SIP/2.0 "u8);
        writer.Write(status);
        writer.Write((byte)' ');
        writer.Write(phrase.IsEmpty ? StatusPhrases.Of(status) : phrase);
        writer.EndLine();
        writer.Write(fields);
    }

    /// <summary>Our Contact on a leg: its user part leads a request back to lane and call.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="id">Of our end.</param>
    /// <param name="flow">The way that the message takes.</param>
    /// <param name="shown">Where we are reached.</param>
    /// <param name="isSips">The far side names itself by a sips URI, or is called by one: so do we (RFC 3261 §8.1.1.8, §12.1.1).</param>
    public static void WriteContact(ref MessageWriter writer, MintedId id, in Flow flow, IpEndpoint shown, bool isSips = false)
    {
        Span<byte> user = stackalloc byte[MintedId.TextLength];
        writer.Write(isSips ? "Contact: <sips:"u8 : "Contact: <sip:"u8);
        writer.Write(user[..id.Format(user)]);
        writer.Write((byte)'@');
        writer.Write(shown);
        UriWriter.WriteTransport(ref writer, isSips ? default : flow.Transport);
        writer.Write(">\r\n"u8);
    }

    /// <summary>Tells one side what it may send (RFC 3261 §20.5): what the gateway takes itself, and what the other side takes of the rest.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="other">What the other side said that it takes; empty if it did not say.</param>
    /// <param name="access">Of the realm of who is told: what is not served there is not told.</param>
    public static void WriteAllow(ref MessageWriter writer, MethodSet other, RealmAccess access)
    {
        WriteOwn(ref writer, access);
        foreach (var method in Crossing)
        {
            if (other.Has(method) && access.Serves(method))
            {
                writer.Write(", "u8);
                writer.Write(SipMethods.Name(method));
            }
        }

        writer.EndLine();
    }

    /// <summary>ACK is served anywhere, so that something is written.</summary>
    private static void WriteOwn(ref MessageWriter writer, RealmAccess access)
    {
        writer.Write("Allow: "u8);
        if (access.Methods is null)
        {
            writer.Write(AllOwn);
            return;
        }

        var isFirst = true;
        foreach (var method in Own)
        {
            if (access.Serves(method))
            {
                writer.Write(isFirst ? default : ", "u8);
                writer.Write(SipMethods.Name(method));
                isFirst = false;
            }
        }
    }

    /// <summary>Tells what the gateway takes outside a dialog, where the dialplan says who gets it.</summary>
    public static void WriteAllowOutside(ref MessageWriter writer, RealmAccess access)
    {
        WriteOwn(ref writer, access);
        foreach (var method in Outside)
        {
            if (access.Serves(method))
            {
                writer.Write(", "u8);
                writer.Write(SipMethods.Name(method));
            }
        }

        writer.EndLine();
    }

    /// <summary>Tells one side which extensions the gateway has (RFC 3261 §20.37).</summary>
    public static void WriteSupported(ref MessageWriter writer, bool isReliable) =>
        writer.Write(isReliable ? "Supported: 100rel, replaces, timer\r\n"u8 : "Supported: replaces, timer\r\n"u8);

    /// <summary>The Via of a request that a leg sends.</summary>
    public static RequestVia ViaOf(TransactionLayer transactions, TransactionId transaction, in Flow flow, IpEndpoint shown) =>
        new(transactions, transaction, flow.Transport, shown) { IsAlias = TlsIdentities.IsMutual(flow.Far) };

    /// <summary>The Via of the ACK of a 2xx.</summary>
    public static RequestVia AckViaOf(TransactionLayer transactions, Dialog dialog, uint sequence, in Flow flow, IpEndpoint shown) =>
        new(transactions, default, flow.Transport, shown, transactions.AckKey(dialog.CallId, dialog.RemoteTag, sequence)) { IsAlias = TlsIdentities.IsMutual(flow.Far) };

    /// <summary>Ends a message with a body that crosses: its type, and the octets.</summary>
    public static void Finish(ref MessageWriter writer, scoped ReadOnlySpan<byte> contentType, scoped ReadOnlySpan<byte> body)
    {
        if (!body.IsEmpty)
        {
            writer.Field("Content-Type"u8, contentType);
        }

        writer.Finish(body);
    }
}
