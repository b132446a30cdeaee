using System.Text;

namespace SipAlg.Protocol.Digest;

/// <summary>The parameters of the Digest scheme that mean something here.</summary>
internal enum DigestParameter : byte
{
    Other,
    Realm,
    Nonce,
    Opaque,
    Algorithm,
    Qop,
    Stale,
    Username,
    Uri,
    Response,
    Cnonce,
    NonceCount,
}

internal static class DigestParameters
{
    public static DigestParameter Find(ReadOnlySpan<byte> name)
    {
        foreach (var candidate in Candidates(name.Length))
        {
            if (Ascii.EqualsIgnoreCase(name, Name(candidate)))
            {
                return candidate;
            }
        }

        return DigestParameter.Other;
    }

    private static ReadOnlySpan<DigestParameter> Candidates(int length) => length switch
    {
        2 => [DigestParameter.NonceCount],
        3 => [DigestParameter.Uri, DigestParameter.Qop],
        5 => [DigestParameter.Realm, DigestParameter.Nonce, DigestParameter.Stale],
        6 => [DigestParameter.Cnonce, DigestParameter.Opaque],
        8 => [DigestParameter.Username, DigestParameter.Response],
        9 => [DigestParameter.Algorithm],
        _ => [],
    };

    private static ReadOnlySpan<byte> Name(DigestParameter parameter) => parameter switch
    {
        DigestParameter.Realm => "realm"u8,
        DigestParameter.Nonce => "nonce"u8,
        DigestParameter.Opaque => "opaque"u8,
        DigestParameter.Algorithm => "algorithm"u8,
        DigestParameter.Qop => "qop"u8,
        DigestParameter.Stale => "stale"u8,
        DigestParameter.Username => "username"u8,
        DigestParameter.Uri => "uri"u8,
        DigestParameter.Response => "response"u8,
        DigestParameter.Cnonce => "cnonce"u8,
        _ => "nc"u8,
    };
}
