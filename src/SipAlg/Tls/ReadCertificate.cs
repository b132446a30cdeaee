using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SipAlg.Signaling.Tls;

namespace SipAlg.Tls;

/// <summary>A certificate with its key as the files have it.</summary>
/// <param name="Leaf">With its private key.</param>
/// <param name="Others">Those that lead to the authority.</param>
internal sealed record ReadCertificate(X509Certificate2 Leaf, X509Certificate2Collection Others)
{
    /// <summary>More in one file is a list of authorities, and no chain.</summary>
    private const int MostInChain = 10;

    public ImmutableArray<string> Names { get; } = CertificateNames.Of(Leaf);

    /// <summary>When the first of the chain expires.</summary>
    public DateTimeOffset Expires { get; } = Others.Append(Leaf).Min(certificate => new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));

    public DateTimeOffset Begins { get; } = new(Leaf.NotBefore.ToUniversalTime());

    /// <summary>As handshakes take it; nothing is fetched for it.</summary>
    public SslStreamCertificateContext Shown { get; } = SslStreamCertificateContext.Create(Leaf, Others, offline: true);

    /// <summary>Reads the text of both files.</summary>
    /// <param name="chain">PEM; what is no certificate in it is passed over.</param>
    /// <param name="key">PEM.</param>
    /// <param name="read">Null when it cannot be used.</param>
    /// <param name="fault">Why not; and of which file.</param>
    public static bool TryParse(string chain, string key, out ReadCertificate? read, out CertificateFault? fault)
    {
        (read, fault) = (null, null);
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(chain);
            if (certificates.Count is 0 or > MostInChain)
            {
                fault = new CertificateFault(IsOfKey: false, certificates.Count == 0 ? "holds no certificate" : $"holds {certificates.Count} certificates, which is no chain", "PEM is wanted: lines between BEGIN CERTIFICATE and END CERTIFICATE, the gateway's own first");
                return false;
            }

            read = new ReadCertificate(WithKey(certificates[0], chain, key), new X509Certificate2Collection(certificates.Skip(1).ToArray()));
            return true;
        }
        catch (CryptographicException failed)
        {
            fault = new CertificateFault(IsOfKey: false, $"cannot be read: {failed.Message}", "PEM is wanted, the gateway's own certificate first");
        }
        catch (ArgumentException failed)
        {
            fault = OfKey(key, failed);
        }

        return false;
    }

    /// <summary>The runtime wants the key in a store of its own before it signs with it in a handshake.</summary>
    private static X509Certificate2 WithKey(X509Certificate2 certificate, string chain, string key)
    {
        try
        {
            using var whole = X509Certificate2.CreateFromPem(chain, key);
            return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
        }
        catch (CryptographicException failed)
        {
            throw new ArgumentException(failed.Message, nameof(key), failed);
        }
        finally
        {
            certificate.Dispose();
        }
    }

    private static CertificateFault OfKey(string key, ArgumentException failed) =>
        key.Contains("ENCRYPTED", StringComparison.Ordinal) ? new(IsOfKey: true, "is protected by a password", "nobody is there to type it: write the key without one, readable by the gateway's user alone")
        : !key.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? new(IsOfKey: true, "holds no private key", "PEM is wanted: lines between BEGIN PRIVATE KEY and END PRIVATE KEY")
        : new(IsOfKey: true, $"is not the key of the certificate: {failed.InnerException?.Message ?? failed.Message}", "both have to be of the same request: compare 'openssl x509 -noout -pubkey' and 'openssl pkey -pubout'");
}

/// <param name="IsOfKey">The key's file is meant; else the chain's.</param>
/// <param name="Text">What is wrong, following the file's name.</param>
/// <param name="Hint">What to do.</param>
internal sealed record CertificateFault(bool IsOfKey, string Text, string Hint);
