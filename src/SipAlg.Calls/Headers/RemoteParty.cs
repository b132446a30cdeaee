using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <summary>The privacy and party parameters of Remote-Party-ID (draft-ietf-sip-privacy-04 §5) and Diversion (RFC 5806 §4).</summary>
internal static class RemoteParty
{
    /// <summary>The caller is named by a Remote-Party-ID that asks for privacy.</summary>
    public static bool IsPrivate(SipMessage message)
    {
        for (var index = message.TryFirst(HeaderId.RemotePartyId, out var first) ? first : -1; index >= 0; index = message.Next(index))
        {
            foreach (var value in new ValueList(message[message.Fields[index].Value]))
            {
                if (NameAddress.TryParse(value, out var address) && IsCaller(address.Parameters) && PrivacyOf(address.Parameters) == PartyPrivacy.Full)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The value names the caller, which it does where it does not say.</summary>
    public static bool IsCaller(ReadOnlySpan<byte> parameters) =>
        !Parameters.TryGet(parameters, "party"u8, out var party) || Ascii.EqualsIgnoreCase(party.Trim((byte)'"'), "calling"u8);

    /// <summary>What the value keeps private. A word that is not known counts as full: it asks for something.</summary>
    public static PartyPrivacy PrivacyOf(ReadOnlySpan<byte> parameters)
    {
        var most = PartyPrivacy.None;
        var reader = new Parameters(parameters);
        while (reader.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(reader.Name, "privacy"u8))
            {
                var word = reader.Value.Trim((byte)'"');
                var asked = Starts(word, "off"u8) ? PartyPrivacy.None : Starts(word, "name"u8) ? PartyPrivacy.Name : PartyPrivacy.Full;
                most = asked > most ? asked : most;
            }
        }

        return most;
    }

    /// <summary>"full-network" and its like say who asks for it, which changes nothing.</summary>
    private static bool Starts(ReadOnlySpan<byte> word, ReadOnlySpan<byte> known) => word.Length >= known.Length && Ascii.EqualsIgnoreCase(word[..known.Length], known);
}

/// <summary>In rising order.</summary>
internal enum PartyPrivacy : byte
{
    None,

    /// <summary>The display name.</summary>
    Name,

    /// <summary>The address, or both.</summary>
    Full,
}
