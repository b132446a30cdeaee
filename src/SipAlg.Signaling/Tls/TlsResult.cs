namespace SipAlg.Signaling.Tls;

/// <summary>How a TLS handshake ended; the label of the counters too.</summary>
public enum TlsResult : byte
{
    Done,

    /// <summary>Not over within <see cref="TlsOptions.Timeout"/>.</summary>
    Timeout,

    /// <summary>The far side closed the connection meanwhile, without a word.</summary>
    Closed,

    /// <summary>The far side refused it by an alert: our certificate, version or ciphers are not to its liking.</summary>
    Refused,

    /// <summary>What came is no TLS, or has no version or cipher that we take.</summary>
    Protocol,

    /// <summary>The far side showed no certificate, and has to.</summary>
    NoCertificate,

    /// <summary>Its certificate leads to none of the authorities that are trusted here.</summary>
    UnknownAuthority,

    /// <summary>Its certificate, or one above it, has expired.</summary>
    Expired,

    /// <summary>Its certificate, or one above it, is not valid yet: or a clock is wrong.</summary>
    NotYetValid,

    /// <summary>Its certificate names somebody else (RFC 5922 §7).</summary>
    WrongName,

    /// <summary>Its certificate is not meant for this, or is signed wrongly.</summary>
    Unsuitable,

    /// <summary>As many handshakes as are allowed are under way, of its source or of all.</summary>
    Busy,

    /// <summary>There is no certificate of ours to show.</summary>
    NoOwnCertificate,
}

/// <summary>What goes with <see cref="TlsResult"/>.</summary>
public static class TlsResults
{
    public const int Count = (int)TlsResult.NoOwnCertificate + 1;

    /// <summary>Whether the far side's certificate is what was wrong.</summary>
    public static bool IsAboutCertificate(this TlsResult result) => result is >= TlsResult.NoCertificate and <= TlsResult.Unsuitable;
}
