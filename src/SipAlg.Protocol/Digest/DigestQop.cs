using System.Text;

namespace SipAlg.Protocol.Digest;

/// <summary>Quality of protection (RFC 7616 §3.3, §3.4).</summary>
public enum DigestQop : byte
{
    /// <summary>Not written: the digest of RFC 2069, without cnonce and nonce count.</summary>
    None,
    Auth,

    /// <summary>The body is hashed too. Read, but neither offered nor answered.</summary>
    AuthInt,
    Other,
}

/// <summary>Names of qop values.</summary>
public static class DigestQops
{
    public static DigestQop Find(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "auth"u8) ? DigestQop.Auth : Ascii.EqualsIgnoreCase(name, "auth-int"u8) ? DigestQop.AuthInt : DigestQop.Other;
}
