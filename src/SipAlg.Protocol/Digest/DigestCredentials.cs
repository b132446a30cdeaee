using System.Globalization;
using System.Text;

namespace SipAlg.Protocol.Digest;

/// <summary>Credentials of the Digest scheme (RFC 7616 §3.4). Its texts keep their backslashes: see <see cref="QuotedText"/>.</summary>
public readonly ref struct DigestCredentials
{
    public ReadOnlySpan<byte> Username { get; private init; }
    public ReadOnlySpan<byte> Realm { get; private init; }
    public ReadOnlySpan<byte> Nonce { get; private init; }
    public ReadOnlySpan<byte> Uri { get; private init; }

    /// <summary>Hexadecimal digits, as many as the algorithm's hash has.</summary>
    public ReadOnlySpan<byte> Response { get; private init; }
    public ReadOnlySpan<byte> Cnonce { get; private init; }
    public ReadOnlySpan<byte> Opaque { get; private init; }
    public DigestQop Qop { get; private init; }

    /// <summary>As it was written, for the hash.</summary>
    public ReadOnlySpan<byte> NonceCountText { get; private init; }

    /// <summary>0 without qop.</summary>
    public uint NonceCount { get; private init; }

    /// <summary>MD5 when none is written.</summary>
    public DigestAlgorithm Algorithm { get; private init; }

    /// <summary>Whether the scheme, as <see cref="AuthSchemes"/> tells it, is this one.</summary>
    public static bool IsDigest(ReadOnlySpan<byte> scheme) => Ascii.EqualsIgnoreCase(scheme, "Digest"u8);

    /// <param name="parameters">What stands behind the scheme's name.</param>
    /// <param name="credentials">With an unknown algorithm or qop too: the caller decides. Where something is missing, what there is.</param>
    /// <returns>False when a parameter is missing (RFC 7616 §3.4), unfit or there twice, or for what is no list of parameters.</returns>
    public static bool TryParse(ReadOnlySpan<byte> parameters, out DigestCredentials credentials)
    {
        credentials = default;
        ReadOnlySpan<byte> username = default, realm = default, nonce = default, uri = default, response = default, cnonce = default, opaque = default, qop = default, count = default;
        var algorithm = "MD5"u8;
        var seen = 0;
        var reader = new AuthParameters(parameters);
        while (reader.MoveNext())
        {
            var parameter = DigestParameters.Find(reader.Name);
            if (parameter != DigestParameter.Other && (seen & (1 << (int)parameter)) != 0)
            {
                return false;
            }

            seen |= 1 << (int)parameter;
            switch (parameter)
            {
                case DigestParameter.Username: username = reader.Value; break;
                case DigestParameter.Realm: realm = reader.Value; break;
                case DigestParameter.Nonce: nonce = reader.Value; break;
                case DigestParameter.Uri: uri = reader.Value; break;
                case DigestParameter.Response: response = reader.Value; break;
                case DigestParameter.Cnonce: cnonce = reader.Value; break;
                case DigestParameter.Opaque: opaque = reader.Value; break;
                case DigestParameter.Qop: qop = reader.Value; break;
                case DigestParameter.NonceCount: count = reader.Value; break;
                case DigestParameter.Algorithm: algorithm = reader.Value; break;
            }
        }

        var hasQop = (seen & (1 << (int)DigestParameter.Qop)) != 0;
        credentials = new DigestCredentials
        {
            Username = username,
            Realm = realm,
            Nonce = nonce,
            Uri = uri,
            Response = response,
            Cnonce = cnonce,
            Opaque = opaque,
            Algorithm = DigestAlgorithms.Find(algorithm),
            Qop = hasQop ? DigestQops.Find(qop) : DigestQop.None,
            NonceCountText = hasQop ? count : default,
            NonceCount = hasQop && TryCount(count, out var number) ? number : 0,
        };
        return !reader.IsMalformed && (seen & Required) == Required && IsResponse(credentials) && (!hasQop || (TryCount(count, out _) && !cnonce.IsEmpty));
    }

    private const int Required = (1 << (int)DigestParameter.Username) | (1 << (int)DigestParameter.Realm) | (1 << (int)DigestParameter.Nonce) |
        (1 << (int)DigestParameter.Uri) | (1 << (int)DigestParameter.Response);

    private static bool IsResponse(in DigestCredentials credentials) =>
        credentials.Algorithm == DigestAlgorithm.Unknown || credentials.Response.Length == DigestAlgorithms.TextLength(credentials.Algorithm);

    /// <summary>Eight hexadecimal digits; fewer are understood too.</summary>
    private static bool TryCount(ReadOnlySpan<byte> text, out uint number)
    {
        number = 0;
        return text.Length is > 0 and <= 8 && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
