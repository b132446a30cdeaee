using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Digest;

/// <summary>An answer to a challenge. Realm, nonce and opaque are sent back as they came.</summary>
public readonly ref struct DigestAnswer
{
    /// <summary>Plain.</summary>
    public required ReadOnlySpan<byte> Username { get; init; }
    public required ReadOnlySpan<byte> Realm { get; init; }
    public required ReadOnlySpan<byte> Nonce { get; init; }
    public required ReadOnlySpan<byte> Uri { get; init; }
    public required ReadOnlySpan<byte> Response { get; init; }

    /// <summary><see cref="DigestAlgorithm.Unknown"/> writes none, for a challenge that had none.</summary>
    public DigestAlgorithm Algorithm { get; init; }
    public ReadOnlySpan<byte> Opaque { get; init; }
    public bool HasOpaque { get; init; }

    /// <summary>Empty for the digest of RFC 2069, which has no qop and no count either.</summary>
    public ReadOnlySpan<byte> Cnonce { get; init; }
    public ReadOnlySpan<byte> NonceCount { get; init; }
}

/// <summary>Writes header fields of the Digest scheme.</summary>
public static class DigestWriter
{
    /// <summary>Octets of a nonce count.</summary>
    public const int CountLength = 8;

    /// <param name="header">WWW-Authenticate or Proxy-Authenticate.</param>
    /// <param name="realm">Plain.</param>
    /// <param name="nonce">Needs no backslashes.</param>
    public static void WriteChallenge(
        ref MessageWriter writer, HeaderId header, scoped ReadOnlySpan<byte> realm, scoped ReadOnlySpan<byte> nonce, DigestAlgorithm algorithm, bool isStale)
    {
        writer.Write(HeaderNames.Name(header));
        writer.Write(": Digest realm=\""u8);
        QuotedText.WriteEscaped(ref writer, realm);
        writer.Write("\", nonce=\""u8);
        writer.Write(nonce);
        writer.Write("\", algorithm="u8);
        writer.Write(DigestAlgorithms.Name(algorithm));
        writer.Write(isStale ? ", stale=true, qop=\"auth\"\r\n"u8 : ", qop=\"auth\"\r\n"u8);
    }

    /// <param name="header">Authorization or Proxy-Authorization.</param>
    public static void WriteCredentials(ref MessageWriter writer, HeaderId header, scoped DigestAnswer answer)
    {
        writer.Write(HeaderNames.Name(header));
        writer.Write(": Digest username=\""u8);
        QuotedText.WriteEscaped(ref writer, answer.Username);
        writer.Write((byte)'"');
        Quoted(ref writer, ", realm=\""u8, answer.Realm);
        Quoted(ref writer, ", nonce=\""u8, answer.Nonce);
        Quoted(ref writer, ", uri=\""u8, answer.Uri);
        Quoted(ref writer, ", response=\""u8, answer.Response);
        if (answer.Algorithm != DigestAlgorithm.Unknown)
        {
            writer.Write(", algorithm="u8);
            writer.Write(DigestAlgorithms.Name(answer.Algorithm));
        }

        if (!answer.Cnonce.IsEmpty)
        {
            // RFC 7616 §3.4: qop and nc are no quoted strings here.
            Quoted(ref writer, ", cnonce=\""u8, answer.Cnonce);
            writer.Write(", qop=auth, nc="u8);
            writer.Write(answer.NonceCount);
        }

        if (answer.HasOpaque)
        {
            Quoted(ref writer, ", opaque=\""u8, answer.Opaque);
        }

        writer.EndLine();
    }

    /// <summary>A nonce count as eight hexadecimal digits.</summary>
    public static void FormatCount(uint count, Span<byte> destination)
    {
        for (var at = CountLength - 1; at >= 0; at--)
        {
            destination[at] = "0123456789abcdef"u8[(int)(count & 15)];
            count >>= 4;
        }
    }

    private static void Quoted(ref MessageWriter writer, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        writer.Write(name);
        writer.Write(value);
        writer.Write((byte)'"');
    }
}
