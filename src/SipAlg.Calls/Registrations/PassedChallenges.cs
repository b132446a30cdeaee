using System.Buffers.Binary;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// Which nonces of registrars went to which addresses, as a table of hashes of fixed size: what is forgotten costs a round trip. Over UDP
/// anybody writes any source; who answers a challenge that went there has received it there.
/// </summary>
internal sealed class PassedChallenges(KeyedHash hash)
{
    private const int Places = 1 << 16;
    private const int AddressLength = 16;

    /// <summary>Only where a registrar challenges at all.</summary>
    private ulong[] _passed = [];

    /// <summary>Notes what a registrar's answer gives a phone to go on with: challenges, and the next nonce (RFC 7616 §3.5).</summary>
    public void Note(SipMessage response, IpAddress source)
    {
        NoteChallenges(response, HeaderId.WwwAuthenticate, source);
        NoteChallenges(response, HeaderId.ProxyAuthenticate, source);
        var next = new AuthParameters(response.First(HeaderId.AuthenticationInfo));
        while (next.MoveNext())
        {
            if (System.Text.Ascii.EqualsIgnoreCase(next.Name, "nextnonce"u8))
            {
                Note(next.Value, source);
            }
        }
    }

    public bool Has(ReadOnlySpan<byte> nonce, IpAddress source) => KeyOf(nonce, source) is var key && _passed.Length > 0 && _passed[key % Places] == key;

    private void NoteChallenges(SipMessage response, HeaderId header, IpAddress source)
    {
        for (var index = response.TryFirst(header, out var first) ? first : -1; index >= 0; index = response.Next(index))
        {
            foreach (var scheme in new AuthSchemes(response[response.Fields[index].Value]))
            {
                if (DigestCredentials.IsDigest(scheme.Scheme) && DigestChallenge.TryParse(scheme.Parameters, out var challenge))
                {
                    Note(challenge.Nonce, source);
                }
            }
        }
    }

    private void Note(ReadOnlySpan<byte> nonce, IpAddress source)
    {
        var key = KeyOf(nonce, source);
        _passed = _passed.Length == 0 ? new ulong[Places] : _passed;
        _passed[key % Places] = key;
    }

    private ulong KeyOf(ReadOnlySpan<byte> nonce, IpAddress source)
    {
        Span<byte> text = stackalloc byte[sizeof(ulong) + AddressLength];
        BinaryPrimitives.WriteUInt64LittleEndian(text, hash.Of(nonce));
        return hash.Of(text[..(sizeof(ulong) + Prefixes.Household(source).WriteOctets(text[sizeof(ulong)..]))]) | 1UL << 63;
    }
}
