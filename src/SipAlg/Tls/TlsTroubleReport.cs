using SipAlg.Calls.Model;
using SipAlg.Logging;
using SipAlg.Signaling.Tls;

namespace SipAlg.Tls;

/// <summary>Writes handshakes that failed into the log, with what to do: one line of a kind in ten seconds.</summary>
/// <param name="model">What is configured now.</param>
internal sealed class TlsTroubleReport(Func<GatewayModel> model, ILogger log, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly LogThrottle _throttle = new(Interval, time);

    /// <summary>On the pool.</summary>
    public void Write(TlsTrouble trouble)
    {
        var peer = model().Peers.ElementAtOrDefault(trouble.Peer)?.Name;
        if (!_throttle.Passes($"{trouble.Result} {trouble.IsOurs} {trouble.Realm} {trouble.Peer}", out var held))
        {
            return;
        }

        if (trouble.IsOurs)
        {
            TlsLog.OutFailed(log, peer is null ? $"'{trouble.Expected}'" : $"peer '{peer}'", trouble.Remote.ToString(), Reason(trouble), trouble.Detail ?? "nothing is known of it", OutHint(trouble), held);
        }
        else
        {
            TlsLog.InFailed(log, trouble.Remote.ToString(), model().Realms[trouble.Realm].Name, Reason(trouble), trouble.Detail ?? "nothing is known of it", InHint(trouble), held);
        }
    }

    private static string Reason(TlsTrouble trouble) => trouble.Result switch
    {
        TlsResult.Timeout => "it was not over in time",
        TlsResult.Closed => "the far side closed the connection meanwhile",
        TlsResult.Refused => "the far side refused it",
        TlsResult.Protocol => "what came is no TLS, or has no version or cipher that is taken here",
        TlsResult.NoCertificate => "it has shown no certificate",
        TlsResult.UnknownAuthority => "its certificate was issued by nobody who is trusted here",
        TlsResult.Expired => "its certificate has expired",
        TlsResult.NotYetValid => "its certificate is not valid yet",
        TlsResult.WrongName => $"its certificate does not name {trouble.Expected}",
        TlsResult.Unsuitable => "its certificate is not meant for TLS, or is signed wrongly",
        TlsResult.Busy => "as many handshakes as are allowed are under way",
        _ => "there is no certificate to show",
    };

    private static string OutHint(TlsTrouble trouble) => trouble.Result switch
    {
        TlsResult.Timeout or TlsResult.Closed => "look whether it listens for TLS there, and for a firewall that cuts TLS",
        TlsResult.Refused => "it most likely wants a certificate: write the peer's 'certificate', and have its authority trusted there",
        TlsResult.Protocol => "look at port and transport of the peer's address: 5061 is usual for TLS",
        TlsResult.UnknownAuthority => "name the certificate of its authority as tls.trust, or have it send its whole chain",
        TlsResult.WrongName => "write the name that its certificate has as tls.names of the peer, or correct its address",
        TlsResult.Expired => "it has to be renewed there",
        TlsResult.NotYetValid => "look at the clocks on both sides",
        _ => "have it issued anew there",
    };

    private static string InHint(TlsTrouble trouble) => trouble.Result switch
    {
        TlsResult.Timeout or TlsResult.Closed => "nothing if it is a scanner; a phone may be behind a network that loses packets",
        TlsResult.Refused => "let it trust the authority of the gateway's certificate, and look whether it asks for a name that the certificate has",
        TlsResult.Protocol => "nothing if it is a scanner; a phone has to speak TLS 1.2 or later (tls.minimum)",
        TlsResult.NoCertificate => "give it a certificate, or write client_certificate: optional",
        TlsResult.UnknownAuthority => "name the certificate of its authority as tls.trust",
        TlsResult.Expired => "it has to be renewed there",
        TlsResult.NotYetValid => "look at the clocks on both sides",
        TlsResult.Busy => "nothing if it is an attack; after an outage phones come back by themselves",
        TlsResult.NoOwnCertificate => "write the realm's 'certificate'",
        _ => "have it issued anew there",
    };
}
