using System.Security.Cryptography.X509Certificates;

namespace SipAlg.Signaling.Tls;

/// <summary>Whether a far side's certificate is one that is trusted (RFC 5280 §6), and if not, what is wrong with it in one word.</summary>
internal static class CertificateCheck
{
    private const string AnyPurpose = "2.5.29.37.0";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>id-kp-sipDomain (RFC 5924 §3).</summary>
    private const string SipDomain = "1.3.6.1.5.5.7.3.20";

    /// <summary>How a chain is to be built; a new one for each handshake, which the runtime fills.</summary>
    /// <param name="anchors">Null: what the system trusts.</param>
    public static X509ChainPolicy Policy(X509Certificate2Collection? anchors)
    {
        var policy = new X509ChainPolicy
        {
            // A handshake waits for nobody else: neither for lists of revoked certificates nor for those that the far side has left out.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (anchors is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(anchors);
        }

        return policy;
    }

    /// <param name="certificate">What was shown; null: nothing.</param>
    /// <param name="chain">As the runtime built it.</param>
    public static TlsResult Of(X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate is null || chain is null)
        {
            return TlsResult.NoCertificate;
        }

        var status = X509ChainStatusFlags.NoError;
        foreach (var entry in chain.ChainStatus)
        {
            status |= entry.Status;
        }

        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            return TlsResult.UnknownAuthority;
        }

        if ((status & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return chain.ChainElements.Any(element => element.Certificate.NotBefore > DateTime.Now) ? TlsResult.NotYetValid : TlsResult.Expired;
        }

        // The runtime asks a client for another purpose than a server; in SIP each is both (RFC 5922 §7.5, §7.6), and many have a certificate for servers alone.
        var isSuitable = (status & ~X509ChainStatusFlags.NotValidForUsage) == X509ChainStatusFlags.NoError && IsForSip(certificate);
        return isSuitable ? TlsResult.Done : TlsResult.Unsuitable;
    }

    private static bool IsForSip(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { } usages ||
        usages.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Any(usage => usage.Value is AnyPurpose or ServerAuthentication or ClientAuthentication or SipDomain);
}
