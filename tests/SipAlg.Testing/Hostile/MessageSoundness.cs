using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;

namespace SipAlg.Testing.Hostile;

/// <summary>What holds of every message that was parsed, malformed or not.</summary>
public static class MessageSoundness
{
    /// <summary>Parses octets that stand between others, and reads all that can be read.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Check(byte[] octets, bool isStream)
    {
        const int Before = 7;
        byte[] buffer = [.. "\r\nX: y\n"u8, .. octets, .. "\r\n\r\nVia: no\r\n"u8];
        var message = new SipMessage();
        var fault = SipParser.Parse(message, buffer, Before, octets.Length, isStream);
        var alone = new SipMessage();
        if (SipParser.Parse(alone, octets, 0, octets.Length, isStream) != fault || alone.FieldCount != message.FieldCount || alone.Body.Length != message.Body.Length)
        {
            return "What stands around the message changes how it is read.";
        }

        return Slices(message, Before, Before + octets.Length) ?? (fault == MessageFault.None ? Sound(message) : null) ?? Read(message);
    }

    private static string? Slices(SipMessage message, int start, int end)
    {
        Slice[] slices = [message.MethodText, message.RequestUri, message.Reason, message.CallId, message.FromTag, message.ToTag, message.TopVia, message.Branch, message.Body];
        if (message.Start < start || message.End > end || slices.Any(slice => !slice.IsEmpty && (slice.Start < start || slice.Length < 0 || slice.End > end)))
        {
            return "A slice lies outside the message.";
        }

        foreach (var field in message.Fields)
        {
            if (field.Name.Start < start || field.Name.Length < 1 || field.Value.Start < field.Name.End || field.Value.Length < 0 || field.Value.End > end)
            {
                return "A field lies outside the message.";
            }
        }

        return null;
    }

    private static string? Sound(SipMessage message)
    {
        var isWhole = message.Has(HeaderId.Via) && message.Has(HeaderId.From) && message.Has(HeaderId.To) && !message.CallId.IsEmpty && !message.MethodText.IsEmpty &&
            !message.TopVia.IsEmpty && message.CSeq <= int.MaxValue && message.MaxForwards is >= -1 and <= 255 &&
            (message.IsRequest ? !message.RequestUri.IsEmpty : message.Status is >= 100 and <= 699) && message.Body.End == message.End;
        return isWhole ? null : "A sound message lacks something.";
    }

    /// <summary>Everything that reads a value must end and stay within it.</summary>
    private static string? Read(SipMessage message)
    {
        var buffer = new byte[64];
        foreach (var field in message.Fields)
        {
            var text = message[field.Value];
            if (text.Contains((byte)'\n') && text.IndexOf("\n "u8) < 0 && text.IndexOf("\n\t"u8) < 0)
            {
                return "A value holds a line that does not continue it.";
            }

            var read = 0;
            foreach (var value in new ValueList(text))
            {
                read += value.Length;
                _ = Via.TryParse(value, out _);
                if (NameAddress.TryParse(value, out var address))
                {
                    read = Math.Max(read, address.Uri.Length);
                    _ = SipUri.TryParse(address.Uri, out var uri) ? uri.CopyUser(buffer) : 0;
                    _ = address.TryTag(out _);
                }
            }

            foreach (var scheme in new AuthSchemes(text))
            {
                _ = DigestChallenge.TryParse(scheme.Parameters, out _);
                if (scheme.Parameters.Length >= text.Length || (DigestCredentials.TryParse(scheme.Parameters, out var credentials) && credentials.Username.Length >= text.Length))
                {
                    return "More was read of credentials than there is.";
                }
            }

            if (read > text.Length || (Parameters.AreValid(text) && text.Length > 0 && text[0] != ';'))
            {
                return "More was read than there is.";
            }
        }

        return null;
    }
}
