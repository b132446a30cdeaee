using System.Text;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Messages;

/// <summary>
/// The INVITE that somebody who is transferred would send to follow Refer-To (RFC 3515 §2.4.2), if it had been passed to him: the
/// gateway makes its call of it as of one that came.
/// </summary>
internal static class AttemptInvite
{
    private const int Room = 8192;

    /// <param name="refer">Its Refer-To is followed, its Referred-By crosses (RFC 3892).</param>
    /// <param name="target">The URI of Refer-To.</param>
    /// <param name="stays">The leg of who is transferred.</param>
    /// <param name="referrer">The number of who transfers, which Referred-By names instead of what he says of himself; empty for who may say it.</param>
    /// <param name="description">His, as it is to be offered.</param>
    /// <returns>Null for what makes no request.</returns>
    public static SipMessage? Write(SipMessage refer, scoped in SipUri target, Leg stays, scoped ReadOnlySpan<byte> referrer, scoped ReadOnlySpan<byte> description)
    {
        var octets = new byte[Room + refer.Octets.Length + description.Length];
        var writer = new MessageWriter(octets);
        writer.Write("INVITE "u8);
        WriteTarget(ref writer, target);
        writer.Write(" SIP/2.0\r\nVia: SIP/2.0/UDP attempt.invalid;branch=z9hG4bKattempt\r\n"u8);
        writer.Field("Max-Forwards"u8, refer.MaxForwards < 0 ? 70 : Math.Max(refer.MaxForwards - 1, 1));
        writer.Field("From"u8, stays.Dialog.RemoteAddress);
        writer.Write("To: <"u8);
        WriteTarget(ref writer, target);
        writer.Write(">\r\nCall-ID: attempt\r\nCSeq: 1 INVITE\r\n"u8);
        if (refer.TryFirst(HeaderId.ReferredBy, out var index))
        {
            WriteReferrer(ref writer, refer[refer.Fields[index].Value], referrer);
        }

        if ((stays.Privacy & ~PrivacyValues.Unknown) is var privacy and not 0)
        {
            // RFC 3323 §5: whoever is behind us in the trust domain has to know what he asked for.
            writer.Write("Privacy: "u8);
            Privacy.Write(ref writer, privacy);
            writer.EndLine();
        }

        WriteHeaders(ref writer, target.Headers);
        writer.Write("Content-Type: application/sdp\r\n"u8);
        writer.Finish(description);
        var invite = new SipMessage();
        return !writer.Overflowed && SipParser.Parse(invite, octets, 0, writer.Length, isStream: false) == MessageFault.None ? invite : null;
    }

    private static void WriteReferrer(ref MessageWriter writer, scoped ReadOnlySpan<byte> written, scoped ReadOnlySpan<byte> referrer)
    {
        if (referrer.IsEmpty)
        {
            writer.Field("Referred-By"u8, written);
        }
        else if (NameAddress.TryParse(written, out var address) && SipUri.TryParse(address.Uri, out var uri) && uri.IsSip)
        {
            writer.Write("Referred-By: <sip:"u8);
            UriWriter.WriteUser(ref writer, Encoding.UTF8.GetString(referrer));
            writer.Write((byte)'@');
            writer.Write(uri.Host);
            writer.Write(">\r\n"u8);
        }
    }

    /// <summary>Without header fields, which a Request-URI does not have, and without the method, which it is made with (RFC 3261 §19.1.5).</summary>
    private static void WriteTarget(ref MessageWriter writer, scoped in SipUri target)
    {
        if (!target.IsSip)
        {
            writer.Write(target.Text);
            return;
        }

        writer.Write(target.Text[..target.HostPortEnd]);
        var parameters = new Parameters(target.Parameters);
        while (parameters.MoveNext())
        {
            if (!Ascii.EqualsIgnoreCase(parameters.Name, "method"u8))
            {
                writer.Write(parameters.Whole);
            }
        }
    }

    private static void WriteHeaders(ref MessageWriter writer, ReadOnlySpan<byte> text)
    {
        Span<byte> room = stackalloc byte[ReferTarget.MostHeaders];
        var headers = new UriHeaders(text);
        while (headers.MoveNext())
        {
            var value = room[..SipUri.Unescape(headers.Value, room)];
            if (MayStand(headers.Name) && value.IndexOfAny("\r\n\0"u8) < 0)
            {
                writer.Field(headers.Name, value);
            }
        }
    }

    /// <summary>RFC 3261 §19.1.5: not what would forge the request's own; a body has come with none.</summary>
    private static bool MayStand(ReadOnlySpan<byte> name)
    {
        var id = HeaderNames.Find(name);
        return id is HeaderId.Replaces or HeaderId.Require ||
            (HeaderPolicy.Of(id) == HeaderFate.Cross && !Ascii.EqualsIgnoreCase(name, "body"u8) && !(name.Length > 8 && Ascii.EqualsIgnoreCase(name[..8], "Content-"u8)));
    }
}
