using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>Reads and writes the value of Event (RFC 6665 §8.2.1).</summary>
public static class EventValue
{
    /// <summary>Whether it names this package, with whatever parameters.</summary>
    public static bool Is(ReadOnlySpan<byte> value, ReadOnlySpan<byte> package) => Ascii.EqualsIgnoreCase(Package(value), package);

    /// <summary>The number in "id", which of "refer" is the CSeq of the REFER that it belongs to (RFC 3515 §2.4.6).</summary>
    public static bool TryId(ReadOnlySpan<byte> value, out uint id)
    {
        id = 0;
        var semicolon = value.IndexOf((byte)';');
        return semicolon >= 0 && Parameters.TryGet(value[semicolon..], "id"u8, out var text) && Grammar.TryNumber(text, out id);
    }

    /// <summary>
    /// Whether two values name the same subscription: package and "id" (RFC 6665 §8.2.1). An id that one of "refer" lacks is that of
    /// the only REFER (RFC 3515 §2.4.6).
    /// </summary>
    public static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        // A package that is no token is the same one octet by octet.
        if (!Is(other, Package(one)) && !Package(other).SequenceEqual(Package(one)))
        {
            return false;
        }

        var (hasId, hasOther) = (TryIdText(one, out var id), TryIdText(other, out var otherId));
        return hasId && hasOther ? id.SequenceEqual(otherId) : hasId == hasOther || Is(one, "refer"u8);
    }

    private static ReadOnlySpan<byte> Package(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        return Grammar.Trim(semicolon < 0 ? value : value[..semicolon]);
    }

    private static bool TryIdText(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> id)
    {
        id = default;
        var semicolon = value.IndexOf((byte)';');
        return semicolon >= 0 && Parameters.TryGet(value[semicolon..], "id"u8, out id);
    }

    /// <summary>Writes the value with another number in "id".</summary>
    public static void WriteWithId(ref MessageWriter writer, scoped ReadOnlySpan<byte> value, uint id)
    {
        var semicolon = value.IndexOf((byte)';');
        writer.Write(semicolon < 0 ? value : value[..semicolon]);
        writer.Write(";id="u8);
        writer.Write(id);
        var parameters = new Parameters(semicolon < 0 ? default : value[semicolon..]);
        while (parameters.MoveNext())
        {
            if (!Ascii.EqualsIgnoreCase(parameters.Name, "id"u8))
            {
                writer.Write(parameters.Whole);
            }
        }
    }
}
