using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SipAlg.Configuration;
using SipAlg.Configuration.Reloading;

namespace SipAlg.Tls;

/// <summary>What the files of a certificate, or of authorities, said when they could be used last.</summary>
internal abstract class KeptFile(string owner)
{
    private FileStamps? _read;
    private FileStamps? _seen;

    /// <summary>As log lines call who it is for.</summary>
    protected string Owner => owner;

    /// <summary>Its files as they are now cannot be used.</summary>
    public bool IsBroken { get; private set; }

    protected abstract string[] Paths { get; }

    /// <summary>Whether the files have changed and then stayed the same from one look to the next: half a file is none.</summary>
    public bool HasChanged()
    {
        if (_read is null || _read.Hold())
        {
            _seen = null;
            return false;
        }

        var now = _read.Now();
        var isSettled = _seen is not null && _seen.Equals(now);
        _seen = now;
        return isSettled;
    }

    /// <summary>Reads the files. What cannot be used leaves all as it was.</summary>
    /// <returns>Whether something has taken the place of what was there.</returns>
    public bool Read(ILogger log)
    {
        var stamps = new FileStamps();
        foreach (var path in Paths)
        {
            stamps.Note(path);
        }

        var isFirst = _read is null;
        (_read, _seen) = (stamps, null);
        var fault = TryRead(out var isNew);
        if (fault is { } found)
        {
            if (!IsBroken)
            {
                TlsLog.Broken(log, found.Path, Owner, found.Text, found.Hint);
            }

            IsBroken = true;
            return false;
        }

        Tell(log, isFirst, isNew);
        IsBroken = false;
        return isNew && !isFirst;
    }

    /// <summary>Null where it could.</summary>
    protected abstract (string Path, string Text, string Hint)? TryRead(out bool isNew);

    protected abstract void Tell(ILogger log, bool isFirst, bool isNew);

    protected static bool TryText(string path, out string text, out (string Path, string Text, string Hint)? fault)
    {
        var isRead = new DiskFiles().TryRead(path, out text, out var why);
        fault = isRead ? null : (path, $"cannot be read: {why}", "let the gateway's user read it");
        return isRead;
    }
}

/// <summary>A certificate and its key.</summary>
internal sealed class KeptCertificate(CertificateFiles files, string owner) : KeptFile(owner)
{
    private string _hash = "";
    private DateOnly _warned;

    public CertificateFiles Files => files;

    /// <summary>Null before it could be read for the first time.</summary>
    public ReadCertificate? Current { get; private set; }

    protected override string[] Paths => [files.Chain, files.Key];

    public string Until => Current is null ? "" : $"{Current.Expires:yyyy-MM-dd HH:mm'Z'}";

    /// <summary>Once a day when it expires within 30 days, or has.</summary>
    public void Warn(ILogger log, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (Current is null || Current.Expires - now > TimeSpan.FromDays(30) || _warned == today)
        {
            return;
        }

        _warned = today;
        if (Current.Expires <= now)
        {
            TlsLog.Expired(log, files.Chain, Owner, Until);
        }
        else
        {
            TlsLog.Expires(log, files.Chain, Owner, (int)(Current.Expires - now).TotalDays, Until);
        }
    }

    protected override (string Path, string Text, string Hint)? TryRead(out bool isNew)
    {
        isNew = false;
        if (!TryText(files.Chain, out var chain, out var fault) || !TryText(files.Key, out var key, out fault))
        {
            return fault;
        }

        if (!ReadCertificate.TryParse(chain, key, out var read, out var bad))
        {
            return (bad!.IsOfKey ? files.Key : files.Chain, bad.Text, bad.Hint);
        }

        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(chain + key)));
        isNew = _hash != hash;
        if (isNew)
        {
            // What it replaces is left to the collector: a handshake may be using it.
            (Current, _hash, _warned) = (read, hash, default);
        }

        return null;
    }

    protected override void Tell(ILogger log, bool isFirst, bool isNew)
    {
        var names = Current!.Names.IsEmpty ? "nobody" : string.Join(", ", Current.Names);
        if (isFirst)
        {
            TlsLog.Shown(log, files.Chain, Owner, names, Until);
        }
        else if (isNew)
        {
            TlsLog.Replaced(log, files.Chain, Owner, names, Until);
        }
        else if (IsBroken)
        {
            TlsLog.Mended(log, files.Chain, Owner);
        }
    }
}

/// <summary>Authorities that are trusted.</summary>
internal sealed class KeptTrust(string path, string owner) : KeptFile(owner)
{
    private string _text = "";

    /// <summary>None before they could be read for the first time: then nobody is trusted.</summary>
    public X509Certificate2Collection Current { get; private set; } = [];

    protected override string[] Paths => [path];

    protected override (string Path, string Text, string Hint)? TryRead(out bool isNew)
    {
        isNew = false;
        if (!TryText(path, out var text, out var fault))
        {
            return fault;
        }

        try
        {
            var anchors = new X509Certificate2Collection();
            anchors.ImportFromPem(text);
            if (anchors.Count == 0)
            {
                return (path, "holds no certificate", "PEM is wanted: the certificates of the authorities that are trusted");
            }

            isNew = _text != text;
            (Current, _text) = isNew ? (anchors, text) : (Current, _text);
            return null;
        }
        catch (CryptographicException failed)
        {
            return (path, $"cannot be read: {failed.Message}", "PEM is wanted");
        }
    }

    protected override void Tell(ILogger log, bool isFirst, bool isNew)
    {
        if (!isFirst && isNew)
        {
            TlsLog.TrustReplaced(log, path, Owner, Current.Count);
        }
        else if (!isFirst && IsBroken)
        {
            TlsLog.Mended(log, path, Owner);
        }
    }
}
