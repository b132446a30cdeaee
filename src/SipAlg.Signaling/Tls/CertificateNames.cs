using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;

namespace SipAlg.Signaling.Tls;

/// <summary>Whom a certificate names (RFC 5922 §7.1).</summary>
public static class CertificateNames
{
    private const string AlternativeNames = "2.5.29.17";
    private const int DnsName = 2;
    private const int UriName = 6;
    private const int AddressName = 7;

    /// <summary>
    /// The domains: those of "sip:" URIs without a user; if there are none, the DNS names, and the addresses, which RFC 5922 does not know but
    /// which is all that a peer without a name can be told by; the common name only in a certificate without alternative names.
    /// In lower case; none where the certificate cannot be read.
    /// </summary>
    public static ImmutableArray<string> Of(X509Certificate2 certificate)
    {
        try
        {
            if (certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == AlternativeNames) is not { } alternatives)
            {
                var common = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
                return IsDomain(common) ? [common.ToLowerInvariant()] : [];
            }

            var (uris, others) = Read(alternatives.RawData);
            return [.. (uris.Count > 0 ? uris : others).Select(name => name.ToLowerInvariant()).Distinct()];
        }
        catch (Exception fault) when (fault is AsnContentException or CryptographicException)
        {
            return [];
        }
    }

    /// <summary>RFC 5922 §7.2: the whole name, letters of either case; no wildcard means anything.</summary>
    public static bool Match(ImmutableArray<string> expected, ImmutableArray<string> named) =>
        expected.Any(name => named.Contains(name.TrimEnd('.'), StringComparer.OrdinalIgnoreCase));

    private static (List<string> Uris, List<string> Others) Read(byte[] extension)
    {
        var (uris, others) = (new List<string>(), new List<string>());
        var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            switch (tag)
            {
                case { TagClass: TagClass.ContextSpecific, TagValue: UriName }:
                    Add(uris, DomainOf(names.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
                    break;
                case { TagClass: TagClass.ContextSpecific, TagValue: DnsName }:
                    Add(others, names.ReadCharacterString(UniversalTagNumber.IA5String, tag).TrimEnd('.'));
                    break;
                case { TagClass: TagClass.ContextSpecific, TagValue: AddressName }:
                    Add(others, AddressOf(names.ReadOctetString(tag)));
                    break;
                default:
                    names.ReadEncodedValue();
                    break;
            }
        }

        return (uris, others);
    }

    private static void Add(List<string> names, string? name)
    {
        if (name is not null && IsDomain(name))
        {
            names.Add(name);
        }
    }

    private static string? DomainOf(string text) =>
        SipUri.TryParse(Encoding.ASCII.GetBytes(text), out var uri) && uri is { Scheme: UriScheme.Sip, User.IsEmpty: true } ? Encoding.ASCII.GetString(uri.Host).TrimEnd('.') : null;

    private static string? AddressOf(byte[] octets) => octets.Length is 4 or 16 ? IpAddress.FromOctets(octets).ToString() : null;

    /// <summary>No empty name, none with a wildcard or a character that no host name has.</summary>
    private static bool IsDomain(string name) => name.Length is > 0 and <= 253 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or ':' or '_');
}
