using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Digest;

/// <summary>A challenge of the Digest scheme (RFC 7616 §3.3). Its texts keep their backslashes: see <see cref="QuotedText"/>.</summary>
public readonly ref struct DigestChallenge
{
    public ReadOnlySpan<byte> Realm { get; private init; }
    public ReadOnlySpan<byte> Nonce { get; private init; }
    public ReadOnlySpan<byte> Opaque { get; private init; }
    public bool HasOpaque { get; private init; }

    /// <summary>MD5 when none is written.</summary>
    public DigestAlgorithm Algorithm { get; private init; }
    public bool HasAlgorithm { get; private init; }

    /// <summary>The nonce was too old, or never ours to use; the password was not refused.</summary>
    public bool IsStale { get; private init; }

    /// <summary>Without qop: the digest of RFC 2069.</summary>
    public bool HasQop { get; private init; }
    public bool OffersAuth { get; private init; }
    public bool OffersAuthInt { get; private init; }

    /// <summary>It can be answered: the algorithm is known, and qop is absent or has "auth" in it.</summary>
    public bool IsAnswerable => Algorithm != DigestAlgorithm.Unknown && (OffersAuth || !HasQop);

    /// <param name="parameters">What stands behind the scheme's name.</param>
    /// <param name="challenge">With an unknown algorithm too: the caller passes it over.</param>
    /// <returns>False for what has no realm or nonce, has a parameter twice, or is no list of parameters.</returns>
    public static bool TryParse(ReadOnlySpan<byte> parameters, out DigestChallenge challenge)
    {
        challenge = default;
        ReadOnlySpan<byte> realm = default, nonce = default, opaque = default, qop = default, stale = default;
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
                case DigestParameter.Realm: realm = reader.Value; break;
                case DigestParameter.Nonce: nonce = reader.Value; break;
                case DigestParameter.Opaque: opaque = reader.Value; break;
                case DigestParameter.Algorithm: algorithm = reader.Value; break;
                case DigestParameter.Qop: qop = reader.Value; break;
                case DigestParameter.Stale: stale = reader.Value; break;
            }
        }

        challenge = new DigestChallenge
        {
            Realm = realm,
            Nonce = nonce,
            Opaque = opaque,
            HasOpaque = Has(seen, DigestParameter.Opaque),
            Algorithm = DigestAlgorithms.Find(algorithm),
            HasAlgorithm = Has(seen, DigestParameter.Algorithm),
            IsStale = Ascii.EqualsIgnoreCase(stale, "true"u8),
            HasQop = Has(seen, DigestParameter.Qop),
            OffersAuth = Lists(qop, DigestQop.Auth),
            OffersAuthInt = Lists(qop, DigestQop.AuthInt),
        };
        return !reader.IsMalformed && Has(seen, DigestParameter.Realm) && Has(seen, DigestParameter.Nonce);
    }

    private static bool Has(int seen, DigestParameter parameter) => (seen & (1 << (int)parameter)) != 0;

    private static bool Lists(ReadOnlySpan<byte> options, DigestQop qop)
    {
        var list = new ValueList(options);
        while (list.MoveNext())
        {
            if (DigestQops.Find(list.Current) == qop)
            {
                return true;
            }
        }

        return false;
    }
}
