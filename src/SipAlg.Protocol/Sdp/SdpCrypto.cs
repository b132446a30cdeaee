using System.Buffers;
using System.Buffers.Text;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Protocol.Sdp;

/// <summary>
/// One a=crypto line that can be used (RFC 4568 §9.1): a suite that is known, one key of its length, and no parameter that would change what
/// packets look like. Who reads a key wipes it.
/// </summary>
/// <param name="Tag">At most nine digits.</param>
/// <param name="Suite">By whatever name.</param>
/// <param name="MkiLength">Octets of the key's name in each packet; 0: they have none.</param>
/// <param name="Mki">That name, a number.</param>
public readonly record struct SdpCrypto(int Tag, SrtpSuite Suite, int MkiLength, ulong Mki)
{
    /// <summary>RFC 4568 §6.1 has names of up to 128 octets; numbers of more than eight nobody uses.</summary>
    private const int LongestMki = 8;

    private const int MostTag = 999_999_999;

    /// <summary>RFC 3711 §9.2: packets that a master key may be used for.</summary>
    private const int MostLifetimePower = 48;

    /// <summary>Finds the first line of a stream that can be used and is wanted: the answerer goes by the offerer's order (RFC 4568 §5.1.2).</summary>
    /// <param name="description">Without fault.</param>
    /// <param name="index">Of the m= line.</param>
    /// <param name="suites">A bit for each that is wanted.</param>
    /// <param name="crypto">Of the line.</param>
    /// <param name="key">Filled with key and salt; room for <see cref="SrtpSuites.LongestKey"/>.</param>
    public static bool TryFind(SdpDescription description, int index, int suites, out SdpCrypto crypto, Span<byte> key)
    {
        foreach (ref readonly var line in description.MediaLines(index))
        {
            if (line.Attribute == SdpAttribute.Crypto && TryRead(description.Buffer.AsSpan(line.ValueStart, line.End - line.ValueStart), out crypto, key) &&
                (suites >> (int)crypto.Suite & 1) != 0)
            {
                return true;
            }
        }

        crypto = default;
        return false;
    }

    /// <summary>Whether a stream has such lines at all.</summary>
    public static bool IsIn(SdpDescription description, int index)
    {
        foreach (ref readonly var line in description.MediaLines(index))
        {
            if (line.Attribute == SdpAttribute.Crypto)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:…|2^31|1:4".</summary>
    public static bool TryRead(ReadOnlySpan<byte> attribute, out SdpCrypto crypto, Span<byte> key)
    {
        crypto = default;
        var words = new SdpTokens(attribute, attribute.IndexOf((byte)':') + 1, attribute.Length);
        if (!words.Next(out var tag) || !SdpTokens.TryReadNumber(Of(attribute, tag), MostTag, out var number) ||
            !words.Next(out var name) || !SrtpSuites.TryRead(Of(attribute, name), out var suite) ||
            !words.Next(out var parameters) || !TryReadKey(Of(attribute, parameters), suite, key, out var mki, out var mkiLength))
        {
            return false;
        }

        while (words.Next(out var parameter))
        {
            if (!IsHarmless(Of(attribute, parameter)))
            {
                return false;
            }
        }

        crypto = new SdpCrypto(number, suite, mkiLength, mki);
        return true;
    }

    /// <summary>Several keys (";") would take turns by their names; nobody who offers one to a gateway needs that.</summary>
    private static bool TryReadKey(ReadOnlySpan<byte> text, SrtpSuite suite, Span<byte> key, out ulong mki, out int mkiLength)
    {
        (mki, mkiLength) = (0, 0);
        if (text.Length < 7 || !System.Text.Ascii.EqualsIgnoreCase(text[..7], "inline:"u8) || text.Contains((byte)';'))
        {
            return false;
        }

        text = text[7..];
        var bar = text.IndexOf((byte)'|');
        return TryDecode(bar < 0 ? text : text[..bar], suite.MasterLength(), key) && (bar < 0 || TryReadRest(text[(bar + 1)..], out mki, out mkiLength));
    }

    /// <summary>The key's length is that of the suite (RFC 4568 §6.1); padding is forgiven where it is missing.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> text, int length, Span<byte> key)
    {
        Span<byte> padded = stackalloc byte[((SrtpSuites.LongestKey + 2) / 3 * 4) + 4];
        text = text.TrimEnd((byte)'=');
        if (text.Length > padded.Length - 4)
        {
            return false;
        }

        Span<byte> octets = stackalloc byte[padded.Length];
        text.CopyTo(padded);
        var whole = (text.Length + 3) / 4 * 4;
        padded[text.Length..whole].Fill((byte)'=');
        var isKey = Base64.DecodeFromUtf8(padded[..whole], octets, out _, out var written) == OperationStatus.Done && written == length;
        if (isKey)
        {
            octets[..length].CopyTo(key);
        }

        octets.Clear();
        padded.Clear();
        return isKey;
    }

    /// <summary>"2^31", "2^31|1:4" or "1:4".</summary>
    private static bool TryReadRest(ReadOnlySpan<byte> text, out ulong mki, out int mkiLength)
    {
        (mki, mkiLength) = (0, 0);
        var bar = text.IndexOf((byte)'|');
        var first = bar < 0 ? text : text[..bar];
        if (bar < 0 && first.Contains((byte)':'))
        {
            return TryReadMki(first, out mki, out mkiLength);
        }

        return IsLifetime(first) && (bar < 0 || TryReadMki(text[(bar + 1)..], out mki, out mkiLength));
    }

    /// <summary>How long a key may be used is its owner's to say; a call ends long before the least that anybody says.</summary>
    private static bool IsLifetime(ReadOnlySpan<byte> text) => text.StartsWith("2^"u8)
        ? SdpTokens.TryReadNumber(text[2..], MostLifetimePower, out _)
        : Utf8Parser.TryParse(text, out ulong packets, out var read) && read == text.Length && packets is > 0 and <= 1UL << MostLifetimePower;

    private static bool TryReadMki(ReadOnlySpan<byte> text, out ulong mki, out int length)
    {
        (mki, length) = (0, 0);
        var colon = text.IndexOf((byte)':');
        return colon > 0 && Utf8Parser.TryParse(text[..colon], out mki, out var read) && read == colon &&
            SdpTokens.TryReadNumber(text[(colon + 1)..], LongestMki, out length) && length > 0 && (length == LongestMki || mki >> (8 * length) == 0);
    }

    /// <summary>
    /// RFC 4568 §6.3: a parameter that is not understood makes the line unusable unless it begins with "-". The window of the far side (WSH) is its own
    /// affair, and a key that is never derived anew (KDR=0) is the usual one; what leaves packets open, or derives otherwise, is refused.
    /// </summary>
    private static bool IsHarmless(ReadOnlySpan<byte> parameter) =>
        parameter.StartsWith("-"u8) || parameter.StartsWith("WSH="u8) || parameter.SequenceEqual("KDR=0"u8);

    private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text, SdpSlice slice) => text.Slice(slice.Offset, slice.Length);
}
