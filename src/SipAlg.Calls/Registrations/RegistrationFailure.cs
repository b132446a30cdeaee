using SipAlg.Calls.Authentication;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Registrations;

/// <summary>A REGISTER that changed nothing, as the operator is told of it. Challenges are none, nor is what the phone mends by itself (423).</summary>
/// <param name="At">UTC.</param>
/// <param name="Realm">That it came to.</param>
/// <param name="Source">Where it came from.</param>
public sealed record RegistrationFailure(DateTimeOffset At, string Realm, IpEndpoint Source)
{
    /// <summary>The address-of-record: user and host of To; empty where that cannot be read.</summary>
    public string Aor { get; init; } = "";

    /// <summary>Who its credentials say that the phone is; null without any.</summary>
    public string? User { get; init; }

    /// <summary>What the phone says that it is.</summary>
    public string Agent { get; init; } = "";

    /// <summary>What it was answered; 0: nothing.</summary>
    public int Status { get; init; }

    /// <summary>Of whoever refused it; <see cref="RefusalReason.Count"/> where the others tell.</summary>
    public RefusalReason Reason { get; init; } = RefusalReason.Count;

    /// <summary>What became of its credentials; accepted where it was not for them.</summary>
    public AuthenticationOutcome Credentials { get; init; }

    /// <summary>Why they could not be checked, as <see cref="UnusableCredentials"/> says it; null where they could, or there were none.</summary>
    public string? CredentialFault { get; init; }

    /// <summary>Why it was not understood.</summary>
    public MessageFault Fault { get; init; }

    /// <summary>The peer whose registrar said no, or nothing; null for the gateway's own.</summary>
    public string? Registrar { get; init; }

    /// <summary>What was configured then.</summary>
    public GatewayModel? Model { get; init; }
}
