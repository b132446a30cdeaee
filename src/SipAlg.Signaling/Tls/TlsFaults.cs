using System.Collections.Immutable;
using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tls;

/// <summary>What may go wrong with TLS through no fault of the program's, and words for it.</summary>
internal static class TlsFaults
{
    private const int MostDetail = 200;

    public static bool IsExpected(Exception fault) => fault is AuthenticationException || StreamFaults.IsExpected(fault);

    public static TlsResult Classify(Exception fault) => fault switch
    {
        OperationCanceledException => TlsResult.Timeout,
        _ when IsAlert(fault) => TlsResult.Refused,
        _ when StreamFaults.IsExpected(fault) => TlsResult.Closed,
        _ => TlsResult.Protocol,
    };

    /// <summary>The far side said by an alert (RFC 8446 §6) why it goes no further. In TLS 1.3 that comes when the handshake is over for us.</summary>
    public static bool IsAlert(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message.Contains("alert", StringComparison.OrdinalIgnoreCase) || cause.Message.Contains("TlsAlertMessage", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the library says in the end.</summary>
    public static string Detail(Exception fault)
    {
        while (fault.InnerException is { } cause)
        {
            fault = cause;
        }

        return Printable(fault.Message) ?? "";
    }

    /// <summary>Whom a certificate names, who issued it and how long it holds, as far as that explains why it is refused.</summary>
    public static string Describe(X509Certificate2 certificate, ImmutableArray<string> names, TlsResult result) => result switch
    {
        TlsResult.Expired => $"valid until {Day(certificate.NotAfter)}",
        TlsResult.NotYetValid => $"valid from {Day(certificate.NotBefore)}",
        TlsResult.UnknownAuthority => $"issued by '{Printable(certificate.Issuer)}'",
        _ => names.IsEmpty ? $"names nobody ('{Printable(certificate.Subject)}')" : $"names {string.Join(", ", names.Take(5))}",
    };

    /// <summary>What a stranger wrote, as a log may show it; null for nothing.</summary>
    public static string? Printable(string text) => text.Length == 0 ? null : new string([.. text.Take(MostDetail).Select(c => char.IsControl(c) ? '?' : c)]);

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
