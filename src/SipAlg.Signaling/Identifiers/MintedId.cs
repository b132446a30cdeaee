using System.Text;

namespace SipAlg.Signaling.Identifiers;

/// <summary>
/// What the gateway puts into each Call-ID, tag, branch and Contact that it makes: the lane and the slot that own it, so
/// that an answer finds both without a table, and 64 random bits, so that nobody guesses it (RFC 3261 §19.3 asks for 32).
/// </summary>
public readonly record struct MintedId(byte Lane, int Slot, ulong Secret)
{
    /// <summary>Octets of the text form: two, eight and sixteen hexadecimal digits.</summary>
    public const int TextLength = 26;

    /// <summary>Writes the text form, a token of RFC 3261, and returns its length.</summary>
    public int Format(Span<byte> destination)
    {
        Hex(destination, Lane, 2);
        Hex(destination[2..], (uint)Slot, 8);
        Hex(destination[10..], Secret, 16);
        return TextLength;
    }

    /// <summary>Reads what <see cref="Format"/> wrote; anything else is not ours.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out MintedId id)
    {
        id = default;
        if (text.Length != TextLength || !TryHex(text[..2], out var lane) || !TryHex(text[2..10], out var slot) || !TryHex(text[10..], out var secret))
        {
            return false;
        }

        id = new MintedId((byte)lane, (int)(uint)slot, secret);
        return true;
    }

    private static void Hex(Span<byte> destination, ulong value, int digits)
    {
        for (var at = digits - 1; at >= 0; at--)
        {
            destination[at] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        foreach (var octet in text)
        {
            var digit = octet is >= (byte)'0' and <= (byte)'9' ? octet - '0' : octet is >= (byte)'a' and <= (byte)'f' ? octet - 'a' + 10 : -1;
            if (digit < 0)
            {
                return false;
            }

            value = (value << 4) | (uint)digit;
        }

        return true;
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[TextLength];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }
}
