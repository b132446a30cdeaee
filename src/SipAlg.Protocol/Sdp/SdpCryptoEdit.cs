using System.Buffers.Text;
using System.Text;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Protocol.Sdp;

/// <summary>An a=crypto line that is written.</summary>
/// <param name="Tag">The offer's own, or that of the line that is answered.</param>
/// <param name="Suite">What it names.</param>
/// <param name="Master">Key and salt.</param>
public readonly record struct SdpCryptoLine(int Tag, SrtpSuite Suite, ReadOnlyMemory<byte> Master);

/// <summary>What is done about the encryption of a stream whose keys end at the gateway.</summary>
/// <param name="IsTerminated">They do; else the stream crosses as it is.</param>
/// <param name="IsSavp">It is written as RTP/SAVP, else as RTP/AVP.</param>
/// <param name="Lines">These are put in: none for plain RTP.</param>
public readonly record struct SdpCryptoChange(bool IsTerminated, bool IsSavp, ReadOnlyMemory<SdpCryptoLine> Lines);

/// <summary>Writes a description once more with the keys of its receiver in the place of those of its sender.</summary>
/// <remarks>
/// Of the sender's, crypto (RFC 4568), key-mgmt (RFC 4567), fingerprint, setup and tls-id (RFC 5763, 8842), zrtp-hash (RFC 6189) and what negotiates
/// other profiles (RFC 5939: acap, tcap, pcfg, acfg) stay behind: they would have the far ends agree on keys past the gateway, which goes between.
/// </remarks>
public static class SdpCryptoEdit
{
    private static readonly byte[][] Left =
        [.. new[] { "crypto", "key-mgmt", "fingerprint", "setup", "tls-id", "zrtp-hash", "acap", "tcap", "pcfg", "acfg" }.Select(Encoding.ASCII.GetBytes)];

    /// <param name="written">What <see cref="SdpRewriter"/>, <see cref="SdpEventEdit"/> or <see cref="SdpAnswer"/> wrote.</param>
    /// <param name="changes">One for each m= line.</param>
    /// <param name="destination">Where to write; must not overlap.</param>
    /// <returns>Octets written, or −1 when they do not fit.</returns>
    public static int Write(ReadOnlySpan<byte> written, ReadOnlySpan<SdpCryptoChange> changes, Span<byte> destination)
    {
        var output = new SdpOutput(written, destination);
        var end = EndOfSection(written);
        output.Append(written[..end]);
        for (var index = 0; end < written.Length; index++)
        {
            var start = end;
            end = start + EndOfSection(written[start..]);
            if (index >= changes.Length || !changes[index].IsTerminated)
            {
                output.Append(written[start..end]);
            }
            else
            {
                WriteSection(written[start..end], changes[index], ref output);
            }
        }

        return output.Finish();
    }

    /// <summary>Where the next m= line begins, or the text ends.</summary>
    private static int EndOfSection(ReadOnlySpan<byte> text)
    {
        var next = text.IndexOf("\r\nm="u8);
        return next < 0 ? text.Length : next + 2;
    }

    private static void WriteSection(ReadOnlySpan<byte> section, in SdpCryptoChange change, ref SdpOutput output)
    {
        var end = section.IndexOf("\r\n"u8) + 2;
        WriteMedia(section[..end], change.IsSavp, ref output);
        var lines = section[end..];
        foreach (var range in lines.Split("\r\n"u8))
        {
            var line = lines[range];
            if (!line.IsEmpty && !IsLeft(line))
            {
                output.Append(line);
                output.Append("\r\n"u8);
            }
        }

        foreach (ref readonly var line in change.Lines.Span)
        {
            WriteLine(line, ref output);
        }
    }

    /// <summary>The m= line with the other profile; its variant with feedback (RFC 4585, 5124) stays what it is.</summary>
    private static void WriteMedia(ReadOnlySpan<byte> line, bool isSavp, ref SdpOutput output)
    {
        // Behind "m=audio 4000 RTP/", in whatever case of letters.
        var port = line.IndexOf((byte)' ') + 1;
        var profile = port + line[port..].IndexOf((byte)' ') + " RTP/"u8.Length;
        var rest = line[profile..];
        rest = rest[0] is (byte)'S' or (byte)'s' ? rest[1..] : rest;
        output.Append(line[..profile]);
        output.Append(isSavp ? "S"u8 : default);
        output.Append(rest);
    }

    private static bool IsLeft(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("a="u8))
        {
            return false;
        }

        var colon = line.IndexOf((byte)':');
        var name = (colon < 0 ? line[2..] : line[2..colon]).Trim(" \t"u8);
        foreach (var left in Left)
        {
            if (Ascii.EqualsIgnoreCase(name, left))
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteLine(in SdpCryptoLine line, ref SdpOutput output)
    {
        Span<byte> key = stackalloc byte[(SrtpSuites.LongestKey + 2) / 3 * 4];
        Base64.EncodeToUtf8(line.Master.Span, key, out _, out var length);
        output.Append("a=crypto:"u8);
        output.Append((ulong)line.Tag);
        output.Append(" "u8);
        output.Append(line.Suite.Name());
        output.Append(" inline:"u8);
        output.Append(key[..length]);
        output.Append("\r\n"u8);
        key.Clear();
    }
}
