using SipAlg.Calls.Calls;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Verdicts;

/// <summary>Calls that failed for a certificate, or else for TLS. docs/tls.md says more of each.</summary>
internal static class TlsVerdicts
{
    /// <summary>A target that there was no connection to.</summary>
    public static Verdict OfTarget(CallRecord record, ConnectFailure failure)
    {
        var (code, words) = Words(failure, string.Join("' or '", record.TargetNames));
        return TargetVerdicts.Text(record, code).With("expected_name", string.Join(' ', record.TargetNames)).With("tls", ConnectFailures.Text(failure))
            .Of($"There is no TLS with {Parties.TargetAt(record)}: {words}");
    }

    private static (VerdictCode Code, string Words) Words(ConnectFailure failure, string names) => failure switch
    {
        ConnectFailure.TlsRefused => (VerdictCode.TlsRefused, "it refused the handshake, most likely since it wants a certificate of the gateway's that it trusts: give the peer 'certificate', and the far side its authority."),
        ConnectFailure.CertificateName => (VerdictCode.CertificateNameMismatch, $"its certificate does not name '{names}': correct the address, write the name that it has as tls.names, or have the certificate issued anew."),
        ConnectFailure.CertificateExpired => (VerdictCode.CertificateExpired, "its certificate has expired or is not valid yet: it has to be renewed there, or a clock is wrong."),
        ConnectFailure.CertificateAuthority => (VerdictCode.CertificateUntrusted, "its certificate was issued by nobody who is trusted here: name its authority's certificate as tls.trust, or have the far side send its whole chain."),
        ConnectFailure.CertificateUnsuitable => (VerdictCode.CertificateUnsuitable, "its certificate is not meant for TLS, or its signature is wrong."),
        _ => (VerdictCode.NoTls, "what listens there speaks no TLS, or none of a version and cipher that the gateway takes."),
    };

    /// <summary>Somebody in a realm whose peers are known by their certificates.</summary>
    public static Verdict OfStranger(CallRecord record, VerdictText text)
    {
        var refusal = record.Refusal!;
        var names = string.Join(", ", refusal.CertificateNames.Take(5));
        return text.With("certificate_names", names).With("certificate", refusal.Certificate.ToString()).Of($"The call came over TLS from {record.CallerAt} in realm '{record.FromRealm}', whose peers have to prove who they are, and {(refusal.Certificate, names) switch
        {
            (TlsResult.Done, "") => "no certificate was asked for on that connection",
            (TlsResult.Done, _) => $"its certificate names {names}, which is no peer's name",
            (TlsResult.NoCertificate, _) => "it has shown no certificate",
            (TlsResult.Expired, _) => "its certificate has expired",
            (TlsResult.NotYetValid, _) => "its certificate is not valid yet",
            (TlsResult.UnknownAuthority, _) => "its certificate was issued by nobody who is trusted there (tls.trust)",
            _ => "its certificate is not meant for TLS, or its signature is wrong",
        }}.");
    }
}
