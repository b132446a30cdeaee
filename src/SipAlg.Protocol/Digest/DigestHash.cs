using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Digest;

/// <summary>What a response is made of besides the secret (RFC 7616 §3.4.1). Nonce, cnonce and URI keep their backslashes.</summary>
public readonly ref struct DigestInput
{
    public required DigestAlgorithm Algorithm { get; init; }
    public required ReadOnlySpan<byte> Method { get; init; }
    public required ReadOnlySpan<byte> Uri { get; init; }
    public required ReadOnlySpan<byte> Nonce { get; init; }

    /// <summary><see cref="DigestQop.Auth"/>, or <see cref="DigestQop.None"/>: then there is no count and no cnonce.</summary>
    public DigestQop Qop { get; init; }
    public ReadOnlySpan<byte> NonceCount { get; init; }
    public ReadOnlySpan<byte> Cnonce { get; init; }

    public static DigestInput Of(in DigestCredentials credentials, ReadOnlySpan<byte> method) => new()
    {
        Algorithm = credentials.Algorithm,
        Method = method,
        Uri = credentials.Uri,
        Nonce = credentials.Nonce,
        Qop = credentials.Qop,
        NonceCount = credentials.NonceCountText,
        Cnonce = credentials.Cnonce,
    };
}

/// <summary>The hashes of RFC 7616 §3.4, as lower-case hexadecimal digits. Nothing allocates; what is too long is refused.</summary>
public static class DigestHash
{
    /// <summary>Octets that one hash may be taken over.</summary>
    private const int MaxInput = 4096;

    /// <summary>The secret of a user in a realm, A1's hash: what a server keeps in place of the password.</summary>
    /// <param name="algorithm">A session algorithm has the secret of its plain one: see <see cref="TrySession"/>.</param>
    /// <param name="username">Plain, as are the others.</param>
    /// <param name="destination">At least <see cref="DigestAlgorithms.TextLength"/> octets.</param>
    /// <returns>False when they are too long together.</returns>
    [SkipLocalsInit]
    public static bool TrySecret(DigestAlgorithm algorithm, ReadOnlySpan<byte> username, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> password, Span<byte> destination, DigestHasher? hasher = null)
    {
        var writer = new MessageWriter(stackalloc byte[MaxInput]);
        writer.Write(username);
        writer.Write((byte)':');
        writer.Write(realm);
        writer.Write((byte)':');
        writer.Write(password);
        return TryHash(hasher, algorithm, writer, destination);
    }

    /// <summary>The secret of a session (RFC 7616 §3.4.2, -sess): bound to the nonce and the cnonce.</summary>
    [SkipLocalsInit]
    public static bool TrySession(DigestAlgorithm algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cnonce, Span<byte> destination, DigestHasher? hasher = null)
    {
        var writer = new MessageWriter(stackalloc byte[MaxInput]);
        writer.Write(secret);
        writer.Write((byte)':');
        QuotedText.WriteUnescaped(ref writer, nonce);
        writer.Write((byte)':');
        QuotedText.WriteUnescaped(ref writer, cnonce);
        return TryHash(hasher, algorithm, writer, destination);
    }

    /// <summary>The response (RFC 7616 §3.4.1).</summary>
    /// <param name="secret">Of the session where the algorithm is one.</param>
    [SkipLocalsInit]
    public static bool TryResponse(in DigestInput input, ReadOnlySpan<byte> secret, Span<byte> destination, DigestHasher? hasher = null)
    {
        var writer = new MessageWriter(stackalloc byte[MaxInput]);
        writer.Write(input.Method);
        writer.Write((byte)':');
        QuotedText.WriteUnescaped(ref writer, input.Uri);
        Span<byte> request = stackalloc byte[DigestAlgorithms.MaxTextLength];
        if (!TryHash(hasher, input.Algorithm, writer, request))
        {
            return false;
        }

        writer.Rewind(0);
        writer.Write(secret);
        writer.Write((byte)':');
        QuotedText.WriteUnescaped(ref writer, input.Nonce);
        writer.Write((byte)':');
        if (input.Qop == DigestQop.Auth)
        {
            writer.Write(input.NonceCount);
            writer.Write((byte)':');
            QuotedText.WriteUnescaped(ref writer, input.Cnonce);
            writer.Write(":auth:"u8);
        }

        writer.Write(request[..DigestAlgorithms.TextLength(input.Algorithm)]);
        return TryHash(hasher, input.Algorithm, writer, destination);
    }

    /// <summary>Whether a response is the one that the secret makes; takes as long whether it is or not.</summary>
    /// <param name="secret">Of the user, also where the algorithm is that of a session.</param>
    /// <param name="hasher">Default: the framework's.</param>
    public static bool IsResponse(in DigestInput input, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> response, DigestHasher? hasher = null)
    {
        var length = DigestAlgorithms.TextLength(input.Algorithm);
        Span<byte> session = stackalloc byte[DigestAlgorithms.MaxTextLength];
        Span<byte> expected = stackalloc byte[DigestAlgorithms.MaxTextLength];
        Span<byte> given = stackalloc byte[DigestAlgorithms.MaxTextLength];
        if (response.Length != length || (DigestAlgorithms.IsSession(input.Algorithm) && !TrySession(input.Algorithm, secret, input.Nonce, input.Cnonce, session, hasher)))
        {
            return false;
        }

        if (!TryResponse(input, DigestAlgorithms.IsSession(input.Algorithm) ? session[..length] : secret, expected, hasher))
        {
            return false;
        }

        // RFC 7616 §3.4 wants lower-case digits, and not everybody writes them.
        for (var at = 0; at < length; at++)
        {
            given[at] = (byte)(response[at] is >= (byte)'A' and <= (byte)'F' ? response[at] | 0x20 : response[at]);
        }

        return CryptographicOperations.FixedTimeEquals(expected[..length], given[..length]);
    }

    private static bool TryHash(DigestHasher? hasher, DigestAlgorithm algorithm, in MessageWriter input, Span<byte> destination)
    {
        if (input.Overflowed || algorithm == DigestAlgorithm.Unknown)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[DigestAlgorithms.MaxHashLength];
        (hasher ?? DigestHasher.Framework).Hash(DigestAlgorithms.IsSha256(algorithm), input.Written, hash);
        return Convert.TryToHexStringLower(hash[..(DigestAlgorithms.TextLength(algorithm) / 2)], destination, out _);
    }
}
