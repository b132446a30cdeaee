using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>What a Privacy header asks for (RFC 3323 §4.2, RFC 3325 §9.3, RFC 7044 §10.1).</summary>
[Flags]
public enum PrivacyValues : byte
{
    /// <summary>Nothing is said.</summary>
    Unspecified = 0,

    /// <summary>No privacy, whatever the network would do by itself. It stands alone.</summary>
    None = 1,

    /// <summary>Headers that the caller cannot conceal by itself are concealed.</summary>
    Header = 2,

    /// <summary>Session descriptions are concealed: a media relay stands between.</summary>
    Session = 4,

    /// <summary>What tells who the caller is, in headers that it writes itself, is concealed.</summary>
    User = 8,

    /// <summary>The asserted identity does not leave the trust domain.</summary>
    Id = 16,

    /// <summary>History-Info does not leave the trust domain.</summary>
    History = 32,

    /// <summary>The request fails rather than that it goes on without the privacy that the other values ask for.</summary>
    Critical = 64,

    /// <summary>At least one value that is none of these.</summary>
    Unknown = 128,
}

/// <summary>Reads and writes Privacy headers.</summary>
public static class Privacy
{
    private static ReadOnlySpan<PrivacyValues> All =>
        [PrivacyValues.None, PrivacyValues.Header, PrivacyValues.Session, PrivacyValues.User, PrivacyValues.Id, PrivacyValues.History, PrivacyValues.Critical];

    /// <summary>What the message's Privacy headers ask for.</summary>
    public static PrivacyValues Of(SipMessage message)
    {
        var values = PrivacyValues.Unspecified;
        for (var index = message.TryFirst(HeaderId.Privacy, out var first) ? first : -1; index >= 0; index = message.Next(index))
        {
            values |= Read(message[message.Fields[index].Value]);
        }

        return values;
    }

    /// <summary>Reads "id;critical"; commas part values too, as many write them.</summary>
    public static PrivacyValues Read(ReadOnlySpan<byte> text)
    {
        var values = PrivacyValues.Unspecified;
        foreach (var part in text.SplitAny(";,"u8))
        {
            values |= Find(Grammar.Trim(text[part]));
        }

        return values;
    }

    /// <summary>Writes "id;critical"; critical comes last, as RFC 3323 §4.2 wants it.</summary>
    public static void Write(ref MessageWriter writer, PrivacyValues values)
    {
        var isFirst = true;
        foreach (var value in All)
        {
            if ((values & value) != 0)
            {
                WriteWord(ref writer, Word(value), ref isFirst);
            }
        }
    }

    /// <summary>Writes what the message's Privacy headers ask for besides some values, those that are not known included.</summary>
    public static void WriteOthers(ref MessageWriter writer, SipMessage message, PrivacyValues without)
    {
        var isFirst = true;
        for (var index = message.TryFirst(HeaderId.Privacy, out var first) ? first : -1; index >= 0; index = message.Next(index))
        {
            var text = message[message.Fields[index].Value];
            foreach (var part in text.SplitAny(";,"u8))
            {
                var word = Grammar.Trim(text[part]);
                if ((Find(word) & ~without) != 0)
                {
                    WriteWord(ref writer, word, ref isFirst);
                }
            }
        }
    }

    private static void WriteWord(ref MessageWriter writer, scoped ReadOnlySpan<byte> word, ref bool isFirst)
    {
        writer.Write(isFirst ? default : ";"u8);
        writer.Write(word);
        isFirst = false;
    }

    private static PrivacyValues Find(ReadOnlySpan<byte> word)
    {
        foreach (var value in All)
        {
            if (Ascii.EqualsIgnoreCase(word, Word(value)))
            {
                return value;
            }
        }

        return word.IsEmpty ? PrivacyValues.Unspecified : PrivacyValues.Unknown;
    }

    /// <summary>A single value as the header has it.</summary>
    public static ReadOnlySpan<byte> Word(PrivacyValues value) => value switch
    {
        PrivacyValues.None => "none"u8,
        PrivacyValues.Header => "header"u8,
        PrivacyValues.Session => "session"u8,
        PrivacyValues.User => "user"u8,
        PrivacyValues.Id => "id"u8,
        PrivacyValues.History => "history"u8,
        PrivacyValues.Critical => "critical"u8,
        _ => default,
    };
}
