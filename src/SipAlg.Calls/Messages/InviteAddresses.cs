using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Messages;

/// <summary>Writes Request-URI, From and To of the INVITE to a target, from the caller's and what the dialplan set.</summary>
/// <param name="invite">The caller's.</param>
/// <param name="decision">The dialplan's edits.</param>
/// <param name="host">The host that the target knows addresses by.</param>
/// <param name="identity">What the target may learn of who is calling.</param>
internal readonly ref struct InviteAddresses(SipMessage invite, RouteDecision decision, ReadOnlySpan<byte> host, IdentityCrossing identity)
{
    private readonly ReadOnlySpan<byte> _host = host;

    /// <summary>The contact of a redirection that stands in for the caller's Request-URI (RFC 3261 §8.1.3.4); empty without one.</summary>
    public ReadOnlySpan<byte> Contact { get; init; }

    /// <summary>The Request-URI is of that scheme (RFC 3261 §26.2.2).</summary>
    public bool IsSips { get; init; }

    /// <summary>The Request-URI: the called number at the target. A tel URI becomes a SIP URI (RFC 3261 §19.1.6).</summary>
    public void WriteRequestUri(ref MessageWriter writer, ReadOnlySpan<byte> hostPort)
    {
        _ = SipUri.TryParse(Contact.IsEmpty ? invite[invite.RequestUri] : Contact, out var uri);
        WriteUser(ref writer, uri, decision.Called, IsSips);
        writer.Write(hostPort);
        if (uri.Scheme == UriScheme.Tel)
        {
            writer.Write(";user=phone"u8);
        }
        else if (decision.Called is null)
        {
            UriWriter.WriteParameters(ref writer, uri.Parameters);
        }
    }

    /// <summary>
    /// From with the caller's display name and number, our tag, and the target's host. A caller who is anonymous stays so, whatever
    /// the dialplan sets.
    /// </summary>
    public void WriteFrom(ref MessageWriter writer, scoped ReadOnlySpan<byte> tag)
    {
        _ = NameAddress.TryParse(invite.First(HeaderId.From), out var from);
        if (IdentityCrossing.IsAnonymous(identity.Conceals(invite)))
        {
            // RFC 3323 §4.1.1.3.
            writer.Write("\"Anonymous\" <sip:anonymous@anonymous.invalid>"u8);
        }
        else
        {
            var isAnonymous = identity.IsAnonymous(invite);
            var name = identity.IsForced && IdentityCrossing.IsNumber(from.DisplayName) ? default : from.DisplayName;
            WriteName(ref writer, name, isAnonymous ? null : decision.CallerName);
            WriteAddress(ref writer, from.Uri, isAnonymous ? null : decision.Caller);
        }

        writer.Write(";tag="u8);
        writer.Write(tag);
    }

    public void WriteTo(ref MessageWriter writer)
    {
        _ = NameAddress.TryParse(invite.First(HeaderId.To), out var to);
        WriteName(ref writer, to.DisplayName, null);
        WriteAddress(ref writer, to.Uri, decision.Called);
    }

    /// <summary>A display name and the blank behind it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="name">As it came, with its quotation marks; empty without.</param>
    /// <param name="set">What the dialplan says instead; null leaves it.</param>
    public static void WriteName(ref MessageWriter writer, ReadOnlySpan<byte> name, string? set)
    {
        if (set is not null)
        {
            writer.Write((byte)'"');
            writer.Write(Encoding.UTF8.GetBytes(set.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)));
            writer.Write("\" "u8);
        }
        else if (!name.IsEmpty)
        {
            writer.Write(name);
            writer.Write((byte)' ');
        }
    }

    private void WriteAddress(ref MessageWriter writer, ReadOnlySpan<byte> text, string? user)
    {
        _ = SipUri.TryParse(text, out var uri);
        writer.Write((byte)'<');
        if (user is null && uri.Scheme == UriScheme.Other)
        {
            // Of another scheme it is not known what names a host (RFC 3323 §4.1 has this address for "nobody is named").
            writer.Write("sip:anonymous@anonymous.invalid"u8);
        }
        else if (user is null)
        {
            UriWriter.Write(ref writer, uri, _host);
        }
        else
        {
            WriteUser(ref writer, uri, user);
            writer.Write(_host);
        }

        writer.Write((byte)'>');
    }

    private static void WriteUser(ref MessageWriter writer, in SipUri uri, string? user, bool isSips = false)
    {
        writer.Write(isSips ? "sips:"u8 : "sip:"u8);
        if (user is not null)
        {
            UriWriter.WriteUser(ref writer, user);
            writer.Write((byte)'@');
        }
        else if (!uri.User.IsEmpty)
        {
            writer.Write(uri.User);
            writer.Write((byte)'@');
        }
    }
}
