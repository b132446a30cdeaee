using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Tls;
using SipAlg.Calls.Verdicts;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>What is said of calls that failed for a certificate, or else for TLS.</summary>
public sealed class TlsVerdictTests : TlsTest
{
    [Theory]
    [InlineData(ConnectFailure.TlsRefused, VerdictCode.TlsRefused)]
    [InlineData(ConnectFailure.TlsProtocol, VerdictCode.NoTls)]
    [InlineData(ConnectFailure.CertificateName, VerdictCode.CertificateNameMismatch)]
    [InlineData(ConnectFailure.CertificateExpired, VerdictCode.CertificateExpired)]
    [InlineData(ConnectFailure.CertificateAuthority, VerdictCode.CertificateUntrusted)]
    [InlineData(ConnectFailure.CertificateUnsuitable, VerdictCode.CertificateUnsuitable)]
    [InlineData(ConnectFailure.Refused, VerdictCode.TargetUnreachable)]
    [InlineData(ConnectFailure.Timeout, VerdictCode.TargetUnreachable)]
    public void Of_a_target_that_there_was_no_connection_to(ConnectFailure failure, VerdictCode code)
    {
        var bob = BobByTls();
        var a = Alice.Call();
        var asked = bob.ExpectCall().Asked.Flow;
        Scene.Turn(() => Scene.Harness.ConnectionFailed(new Flow(asked.Transport, asked.Listener, asked.Local, asked.Remote, 5, asked.Far), failure));
        Scene.Advance(1);
        a.Expect(503);

        var verdict = Verdict.Of(Scene.End(CallCause.TargetUnreachable, CallOutcome.Failed, 503));
        Assert.True(verdict.Code == code, verdict.Sentence);
        Assert.Contains("peer 'bob'", verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal(failure.IsTls(), verdict.Evidence.Any(fact => fact is { Key: "expected_name", Value: BobName }));
        Assert.EndsWith(".", verdict.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsResult.Expired, "has expired")]
    [InlineData(TlsResult.UnknownAuthority, "issued by nobody who is trusted")]
    [InlineData(TlsResult.NoCertificate, "has shown no certificate")]
    [InlineData(TlsResult.Done, "names other.example, which is no peer's name")]
    public void Of_somebody_where_peers_are_known_by_their_certificates(TlsResult shown, string words)
    {
        var phone = shown == TlsResult.Done ? Shown("other.example") : ShownBad(shown);
        phone.Call("alice").Expect(403);
        Scene.End();

        var verdict = Verdict.Of(Assert.Single(Scene.Journal.Refused));
        Assert.Equal(VerdictCode.NoPeerCertificate, verdict.Code);
        Assert.Contains(words, verdict.Sentence, StringComparison.Ordinal);
    }
}
