using System.Globalization;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>Names of differentiated services code points (IANA "dscp-registry": RFC 2474, 2597, 3246, 5865).</summary>
internal static class Dscps
{
    private const byte ExpeditedForwarding = 46;
    private const byte VoiceAdmit = 44;

    public static Parsed<byte> Parse(string text) => text switch
    {
        "ef" => ExpeditedForwarding,
        "va" => VoiceAdmit,
        "be" => (byte)0,
        ['c', 's', >= '0' and <= '7' and var precedence] => (byte)(8 * (precedence - '0')),
        ['a', 'f', >= '1' and <= '4' and var assured, >= '1' and <= '3' and var drop] => (byte)((8 * (assured - '0')) + (2 * (drop - '0'))),
        _ => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 64
            ? number
            : Parsed<byte>.Bad("is no code point", "write ef, af41, cs5 or a number up to 63"),
    };
}
