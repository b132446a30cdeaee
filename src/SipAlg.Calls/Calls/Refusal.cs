using System.Collections.Immutable;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Tls;

namespace SipAlg.Calls.Calls;

/// <summary>Why an INVITE became no call.</summary>
/// <param name="Reason"><see cref="RefusalReason.Count"/>: one of the others says it.</param>
/// <param name="Credentials">What became of them; accepted where it was not for them.</param>
public sealed record Refusal(RefusalReason Reason, AuthenticationOutcome Credentials)
{
    /// <summary>Who the credentials say that the caller is; null without any.</summary>
    public string? User { get; init; }

    /// <summary>Why they could not be checked, as <see cref="UnusableCredentials"/> says it; null where they could, or there were none.</summary>
    public string? CredentialFault { get; init; }

    /// <summary>The limit that was met, where it was one of an account; null: none.</summary>
    public LimitBreach? Breach { get; init; }

    /// <summary>What the certificate was worth that was shown, where that decided.</summary>
    public TlsResult Certificate { get; init; }

    /// <summary>Whom it names.</summary>
    public ImmutableArray<string> CertificateNames { get; init; } = [];

    /// <summary>Why it was not understood.</summary>
    public MessageFault Fault { get; init; }
}
