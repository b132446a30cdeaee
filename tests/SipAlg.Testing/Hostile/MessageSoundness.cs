using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;

namespace SipAlg.Testing.Hostile;

/// <summary>What holds of every message that was parsed, malformed or not. One is used by one thread.</summary>
public sealed class MessageSoundness
{
    private readonly SipMessage _alone = new();
    private readonly byte[] _octets = new byte[SipLimits.Message];
    private readonly byte[] _user = new byte[64];

    /// <summary>Parses octets that stand between others, and reads all that can be read.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Check(byte[] octets, bool isStream)
    {
        const int Before = 7;
        byte[] buffer = [.. "\r\nX: y\n"u8, .. octets, .. "\r\n\r\nVia: no\r\n"u8];
        var message = new SipMessage();
        return new MessageSoundness().Problem(message, SipParser.Parse(message, buffer, Before, octets.Length, isStream), Before, octets.Length, isStream);
    }

    /// <summary>Reads all that can be read of a message that stands between other octets.</summary>
    /// <param name="message">As it was parsed.</param>
    /// <param name="fault">What the parser said.</param>
    /// <param name="start">Where the octets begin in the message's buffer.</param>
    /// <param name="length">Their number.</param>
    /// <param name="isStream">As the parser was told.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Problem(SipMessage message, MessageFault fault, int start, int length, bool isStream)
    {
        message.Buffer.AsSpan(start, length).CopyTo(_octets);
        if (SipParser.Parse(_alone, _octets, 0, length, isStream) != fault || _alone.FieldCount != message.FieldCount || _alone.Body.Length != message.Body.Length)
        {
            return "What stands around the message changes how it is read.";
        }

        return Slices(message, start, start + length) ?? (fault == MessageFault.None ? Sound(message) : null) ?? Read(message);
    }

    private static string? Slices(SipMessage message, int start, int end)
    {
        ReadOnlySpan<Slice> slices = [message.MethodText, message.RequestUri, message.Reason, message.CallId, message.FromTag, message.ToTag, message.TopVia, message.Branch, message.Body];
        var isWithin = message.Start >= start && message.End <= end;
        foreach (var slice in slices)
        {
            isWithin &= slice.IsEmpty || (slice.Start >= start && slice.Length >= 0 && slice.End <= end);
        }

        foreach (var field in message.Fields)
        {
            if (field.Name.Start < start || field.Name.Length < 1 || field.Value.Start < field.Name.End || field.Value.Length < 0 || field.Value.End > end)
            {
                return "A field lies outside the message.";
            }
        }

        return isWithin ? null : "A slice lies outside the message.";
    }

    private static string? Sound(SipMessage message)
    {
        var isWhole = message.Has(HeaderId.Via) && message.Has(HeaderId.From) && message.Has(HeaderId.To) && !message.CallId.IsEmpty && !message.MethodText.IsEmpty &&
            !message.TopVia.IsEmpty && message.CSeq <= int.MaxValue && message.MaxForwards is >= -1 and <= 255 &&
            (message.IsRequest ? !message.RequestUri.IsEmpty : message.Status is >= 100 and <= 699) && message.Body.End == message.End;
        return isWhole ? null : "A sound message lacks something.";
    }

    /// <summary>Everything that reads a value must end and stay within it.</summary>
    private string? Read(SipMessage message)
    {
        foreach (var field in message.Fields)
        {
            var text = message[field.Value];
            if (text.Contains((byte)'\n') && text.IndexOf("\n "u8) < 0 && text.IndexOf("\n\t"u8) < 0)
            {
                return "A value holds a line that does not continue it.";
            }

            if ((ReadProof(text) ?? ReadValues(text)) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? ReadProof(ReadOnlySpan<byte> text)
    {
        foreach (var scheme in new AuthSchemes(text))
        {
            _ = DigestChallenge.TryParse(scheme.Parameters, out _);
            if (scheme.Parameters.Length >= text.Length || (DigestCredentials.TryParse(scheme.Parameters, out var credentials) && credentials.Username.Length >= text.Length))
            {
                return "More was read of credentials than there is.";
            }
        }

        return null;
    }

    private string? ReadValues(ReadOnlySpan<byte> text)
    {
        var read = 0;
        foreach (var value in new ValueList(text))
        {
            read += value.Length;
            _ = Via.TryParse(value, out _);
            if (NameAddress.TryParse(value, out var address))
            {
                read = Math.Max(read, address.Uri.Length);
                _ = SipUri.TryParse(address.Uri, out var uri) ? uri.CopyUser(_user) : 0;
                _ = address.TryTag(out _);
            }
        }

        return read > text.Length || (Parameters.AreValid(text) && text.Length > 0 && text[0] != ';') ? "More was read than there is." : null;
    }
}
