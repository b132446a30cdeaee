using SipAlg.Signaling.Tls;

namespace SipAlg.Signaling.Transports;

/// <summary>Why a connection could not be opened.</summary>
public enum ConnectFailure : byte
{
    /// <summary>The far side answered with a reset: nobody listens.</summary>
    Refused,

    /// <summary>No answer within <see cref="StreamOptions.ConnectTimeout"/>.</summary>
    Timeout,

    /// <summary>ICMP or the routing table say that the far side cannot be reached.</summary>
    Unreachable,

    /// <summary>This host lacks descriptors, ports or the local address.</summary>
    LocalError,

    /// <summary>The gateway stops, or more was sent than may wait for a connection.</summary>
    Abandoned,

    /// <summary>The far side refused our TLS handshake, or closed the connection meanwhile.</summary>
    TlsRefused,

    /// <summary>What is there speaks no TLS, or none that we speak.</summary>
    TlsProtocol,

    /// <summary>Its certificate names somebody else (RFC 5922 §7.3).</summary>
    CertificateName,

    /// <summary>Its certificate has expired, or is not valid yet.</summary>
    CertificateExpired,

    /// <summary>Its certificate leads to no authority that is trusted here.</summary>
    CertificateAuthority,

    /// <summary>It has no certificate, or one that is not meant for this or is signed wrongly.</summary>
    CertificateUnsuitable,
}

/// <summary>What goes with <see cref="ConnectFailure"/>.</summary>
public static class ConnectFailures
{
    internal const int Count = (int)ConnectFailure.CertificateUnsuitable + 1;

    /// <summary>TLS is what failed, on a connection that came about.</summary>
    public static bool IsTls(this ConnectFailure reason) => reason >= ConnectFailure.TlsRefused;

    /// <summary>In the words of metrics and API.</summary>
    public static string Text(ConnectFailure reason) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    internal static ConnectFailure Of(TlsResult result) => result switch
    {
        TlsResult.Timeout => ConnectFailure.Timeout,
        TlsResult.Closed or TlsResult.Refused => ConnectFailure.TlsRefused,
        TlsResult.Protocol => ConnectFailure.TlsProtocol,
        TlsResult.WrongName => ConnectFailure.CertificateName,
        TlsResult.Expired or TlsResult.NotYetValid => ConnectFailure.CertificateExpired,
        TlsResult.UnknownAuthority => ConnectFailure.CertificateAuthority,
        TlsResult.NoCertificate or TlsResult.Unsuitable => ConnectFailure.CertificateUnsuitable,
        _ => ConnectFailure.LocalError,
    };
}
