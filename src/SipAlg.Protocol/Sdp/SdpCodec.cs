using System.Globalization;
using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>A codec as a rule names it: its encoding name (RFC 4855 §3), which has no case, and its clock rate where that matters.</summary>
public sealed class SdpCodec
{
    private const int MostRateDigits = 9;
    private readonly byte[] _name;

    private SdpCodec(string text, string name, int clockRate)
    {
        Text = text;
        _name = Encoding.ASCII.GetBytes(name);
        ClockRate = clockRate;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>0 for any.</summary>
    public int ClockRate { get; }

    /// <summary>Reads <c>PCMA</c> or <c>opus/48000</c>; null for what is neither.</summary>
    public static SdpCodec? TryParse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? text : text[..slash];
        var rate = 0;
        var hasRate = slash < 0 || (text.Length - slash - 1 <= MostRateDigits && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out rate) && rate > 0);
        return hasRate && name.Length > 0 && name.All(IsToken) ? new SdpCodec(text, name, rate) : null;
    }

    /// <summary>Whether a format of a stream is this codec.</summary>
    /// <param name="encoding">The format's encoding name.</param>
    /// <param name="clockRate">Its clock rate, 0 if that is not known.</param>
    public bool Is(ReadOnlySpan<byte> encoding, int clockRate) => (ClockRate == 0 || ClockRate == clockRate) && Ascii.EqualsIgnoreCase(encoding, _name);

    public override string ToString() => Text;

    /// <summary>RFC 4566 §9 token, which encoding names are.</summary>
    private static bool IsToken(char character) => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`{|}~".Contains(character, StringComparison.Ordinal);
}
