namespace SipAlg.Protocol.Rtp;

/// <summary>A key that was pressed.</summary>
/// <param name="Code">Its event code (RFC 4733 §3.2): 0 to 9, 10 for *, 11 for #, 12 to 15 for A to D.</param>
/// <param name="Milliseconds">For how long.</param>
public readonly record struct DtmfDigit(byte Code, int Milliseconds)
{
    /// <summary>Codes from here on are no digits: flash, and tones of modems and fax machines.</summary>
    public const int Codes = 16;

    private static ReadOnlySpan<byte> Keys => "0123456789*#ABCD"u8;

    /// <summary>The key as it is printed.</summary>
    public byte Key => Keys[Code % Codes];

    /// <summary>The event code of a key; small letters count as capital ones.</summary>
    public static bool TryCode(byte key, out byte code)
    {
        var index = Keys.IndexOf(key is >= (byte)'a' and <= (byte)'d' ? (byte)(key - 'a' + 'A') : key);
        code = (byte)Math.Max(index, 0);
        return index >= 0;
    }
}
