using SipAlg.Calls.Authentication;

namespace SipAlg.Calls.Registrations;

/// <summary>What a phone's REGISTER says of who sends it: a password that its registrar alone can judge.</summary>
/// <param name="IsGiven">It has credentials of the Digest scheme.</param>
/// <param name="User">A hash of the user that they name; 0 if they name several.</param>
/// <param name="Keys">Under whose names a wrong one is counted.</param>
internal readonly record struct RelayedProof(bool IsGiven, ulong User, GuessKeys Keys)
{
    /// <summary>Its source has a binding of that user which the registrar has accepted: it knows the password, and nothing holds or counts it.</summary>
    public bool IsKnown { get; init; }

    /// <summary>It goes to the registrar without the credentials, which challenges anew.</summary>
    public bool IsWithheld { get; init; }
}
