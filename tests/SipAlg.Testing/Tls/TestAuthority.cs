using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SipAlg.Testing.Tls;

/// <summary>An authority of a test, and certificates of all kinds that it issues.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;
    private int _issued;

    public TestAuthority(string name = "test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-20), DateTimeOffset.UtcNow.AddYears(20));
    }

    /// <summary>What trusts it.</summary>
    public X509Certificate2Collection Anchors => [X509CertificateLoader.LoadCertificate(_root.RawData)];

    public string Pem => _root.ExportCertificatePem();

    /// <summary>A certificate with its key.</summary>
    /// <param name="subject">The common name.</param>
    /// <param name="names">"sip:…" is a URI, what parses as an address is one, and anything else a DNS name; null: no alternative names at all.</param>
    /// <param name="from">Days from now; negative for the past.</param>
    /// <param name="until">The same of its end.</param>
    /// <param name="usages">Purposes by their identifiers; none: the certificate does not say.</param>
    public X509Certificate2 Issue(string subject, string[]? names = null, int from = -1, int until = 365, params string[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        if (names is not null)
        {
            request.CertificateExtensions.Add(Alternatives(names));
        }

        if (usages.Length > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], false));
        }

        using var issued = request.Create(_root, DateTimeOffset.UtcNow.AddDays(from), DateTimeOffset.UtcNow.AddDays(until), BitConverter.GetBytes(++_issued));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Issues one and writes it as the configuration wants it.</summary>
    /// <returns>Paths of chain and key.</returns>
    /// <param name="folder">Where to.</param>
    /// <param name="file">Their name, without "pem" and "key".</param>
    /// <param name="subject">As of <see cref="Issue"/>, like the rest.</param>
    /// <param name="mayAllRead">Every user may read the key.</param>
    public (string Chain, string Key) Write(string folder, string file, string subject, string[]? names = null, int from = -1, int until = 365, bool mayAllRead = false)
    {
        using var certificate = Issue(subject, names, from, until);
        var (chain, key) = (Path.Combine(folder, file + ".pem"), Path.Combine(folder, file + ".key"));
        using var privateKey = certificate.GetECDsaPrivateKey()!;
        Replace(key, privateKey.ExportPkcs8PrivateKeyPem(), mayAllRead);
        Replace(chain, certificate.ExportCertificatePem());
        return (chain, key);
    }

    /// <summary>At once, as who renews certificates does it.</summary>
    private static void Replace(string path, string text, bool mayAllRead = false)
    {
        var next = path + ".next";
        File.WriteAllText(next, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite | (mayAllRead ? UnixFileMode.OtherRead : UnixFileMode.None));
        }

        File.Move(next, path, overwrite: true);
    }

    private static X509Extension Alternatives(string[] names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (name.Contains(':', StringComparison.Ordinal) && !System.Net.IPAddress.TryParse(name, out _))
            {
                builder.AddUri(new Uri(name));
            }
            else if (System.Net.IPAddress.TryParse(name, out var address))
            {
                builder.AddIpAddress(address);
            }
            else
            {
                builder.AddDnsName(name);
            }
        }

        return builder.Build();
    }

    public void Dispose() => _root.Dispose();
}
