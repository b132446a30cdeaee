using System.Buffers.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Messages;

/// <summary>The contacts of a 3xx (RFC 3261 §8.1.3.4, §20.10).</summary>
internal static class RedirectContacts
{
    /// <summary>Those that name somebody, the preferred ones first: by q, which is 1 where it is missing, then as written.</summary>
    public static List<byte[]> Of(SipMessage response)
    {
        var contacts = new List<(decimal Preference, byte[] Uri)>();
        for (var index = response.TryFirst(HeaderId.Contact, out var first) ? first : -1; index >= 0; index = response.Next(index))
        {
            foreach (var value in new ValueList(response[response.Fields[index].Value]))
            {
                if (NameAddress.TryParse(value, out var address) && SipUri.TryParse(address.Uri, out var uri) && IsUsable(uri))
                {
                    contacts.Add((PreferenceOf(address.Parameters), address.Uri.ToArray()));
                }
            }
        }

        return [.. contacts.OrderByDescending(contact => contact.Preference).Select(contact => contact.Uri)];
    }

    /// <summary>Whether the dialplan can be asked about it: only a user part or a number says whom to call.</summary>
    public static bool IsUsable(in SipUri uri) => (uri.IsSip || uri.Scheme == UriScheme.Tel) && !uri.User.IsEmpty;

    /// <summary>The q of a contact, as it came.</summary>
    public static void WritePreference(ref MessageWriter writer, ReadOnlySpan<byte> parameters)
    {
        if (Parameters.TryGet(parameters, "q"u8, out var text) && IsPreference(text, out _))
        {
            writer.Write(";q="u8);
            writer.Write(text);
        }
    }

    private static decimal PreferenceOf(ReadOnlySpan<byte> parameters) =>
        Parameters.TryGet(parameters, "q"u8, out var text) && IsPreference(text, out var preference) ? preference : 1;

    private static bool IsPreference(ReadOnlySpan<byte> text, out decimal preference) =>
        Utf8Parser.TryParse(text, out preference, out var used) && used == text.Length && preference is >= 0 and <= 1;
}
