using System.Text;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Sip;

/// <summary>
/// Digits in INFO (RFC 6086 §9.3 calls such usages legacy; no RFC specifies this one): application/dtmf-relay with lines "Signal=5" and
/// "Duration=160", and application/dtmf with the bare digit.
/// </summary>
public static class DtmfInfo
{
    /// <summary>Longest body that is written.</summary>
    public const int MaxLength = 32;

    /// <summary>Of a digit that comes without: four times what every receiver recognizes (ITU-T Q.24).</summary>
    private const int DefaultMilliseconds = 160;

    public static ReadOnlySpan<byte> RelayType => "application/dtmf-relay"u8;
    public static ReadOnlySpan<byte> BareType => "application/dtmf"u8;

    /// <summary>Reads the digit of an INFO; false for another type and for a body without a digit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body, out DtmfDigit digit)
    {
        digit = default;
        if (!MimeType.Is(contentType, RelayType) && !MimeType.Is(contentType, BareType))
        {
            return false;
        }

        return body.Contains((byte)'=') ? TryReadLines(body, out digit) : TryReadKey(body.Trim(" \t\r\n"u8), DefaultMilliseconds, out digit);
    }

    /// <summary>Writes a body of <see cref="RelayType"/>, or of <see cref="BareType"/>.</summary>
    /// <param name="digit">Which.</param>
    /// <param name="isBare">Without its duration.</param>
    /// <param name="destination">At least <see cref="MaxLength"/>.</param>
    public static int Write(DtmfDigit digit, bool isBare, Span<byte> destination)
    {
        if (isBare)
        {
            destination[0] = digit.Key;
            return 1;
        }

        var writer = new MessageWriter(destination);
        writer.Write("Signal="u8);
        writer.Write(digit.Key);
        writer.Write("\r\nDuration="u8);
        writer.Write(digit.Milliseconds);
        writer.EndLine();
        return writer.Length;
    }

    private static bool TryReadLines(ReadOnlySpan<byte> body, out DtmfDigit digit)
    {
        ReadOnlySpan<byte> signal = default;
        var milliseconds = DefaultMilliseconds;
        foreach (var range in body.SplitAny("\r\n"u8))
        {
            var line = body[range];
            var equals = line.IndexOf((byte)'=');
            if (equals < 0)
            {
                continue;
            }

            var name = line[..equals].Trim(" \t"u8);
            var value = line[(equals + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(name, "Signal"u8))
            {
                signal = value;
            }
            else if (Ascii.EqualsIgnoreCase(name, "Duration"u8) && Grammar.TryNumber(value, out var number) && number is > 0 and <= ushort.MaxValue)
            {
                milliseconds = (int)number;
            }
        }

        return TryReadSignal(signal, milliseconds, out digit);
    }

    /// <summary>A key, or its event code: some write 10 and 11 for * and #.</summary>
    private static bool TryReadSignal(ReadOnlySpan<byte> signal, int milliseconds, out DtmfDigit digit)
    {
        if (signal.Length == 2 && Grammar.TryNumber(signal, out var code) && code is >= 10 and < DtmfDigit.Codes)
        {
            digit = new DtmfDigit((byte)code, milliseconds);
            return true;
        }

        return TryReadKey(signal, milliseconds, out digit);
    }

    private static bool TryReadKey(ReadOnlySpan<byte> key, int milliseconds, out DtmfDigit digit)
    {
        byte code = 0;
        var isKey = key.Length == 1 && DtmfDigit.TryCode(key[0], out code);
        digit = isKey ? new DtmfDigit(code, milliseconds) : default;
        return isKey;
    }
}
