using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SipAlg.Signaling.Tls;

/// <summary>Judges the certificate of one handshake, and remembers what it was.</summary>
internal sealed class TlsProof
{
    private readonly ImmutableArray<string> _expected;
    private readonly ClientCertificates _clients;

    /// <summary>Of a server, which has to be one of these (RFC 5922 §7.3).</summary>
    public TlsProof(ImmutableArray<string> expected) => (_expected, _clients) = (expected, ClientCertificates.Required);

    /// <summary>Of a client, who may be anybody that is trusted.</summary>
    public TlsProof(ClientCertificates clients) => _clients = clients;

    /// <summary>What the certificate is worth; no certificate until one has come.</summary>
    public TlsResult Result { get; private set; } = TlsResult.NoCertificate;

    /// <summary>Whom it names.</summary>
    public ImmutableArray<string> Names { get; private set; } = [];

    /// <summary>The handshake has failed for it.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The name that the client asked for; null: none.</summary>
    public string? Asked { get; set; }

    /// <summary>For people.</summary>
    public string? Detail { get; set; }

    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var shown = certificate as X509Certificate2;
        Result = _clients == ClientCertificates.Off ? TlsResult.NoCertificate : CertificateCheck.Of(shown, chain);
        Names = shown is null ? [] : CertificateNames.Of(shown);
        if (Result == TlsResult.Done && !_expected.IsDefault && !CertificateNames.Match(_expected, Names))
        {
            Result = TlsResult.WrongName;
        }

        if (Result.IsAboutCertificate() && shown is not null)
        {
            Detail = TlsFaults.Describe(shown, Names, Result);
        }

        IsRefused = Result != TlsResult.Done && _clients == ClientCertificates.Required;
        return !IsRefused;
    }
}
