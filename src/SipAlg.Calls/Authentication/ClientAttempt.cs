using System.Runtime.CompilerServices;

namespace SipAlg.Calls.Authentication;

/// <summary>
/// What a request of ours, with its repetitions, has tried of credentials. Kept by whoever sends it, from the first sending to the
/// final response; its default is a request that was not sent yet.
/// </summary>
public struct ClientAttempt
{
    /// <summary>Challenges that one request answers: who has not let it in by then will not.</summary>
    public const int MaxRounds = 6;

    /// <summary>By place of the challenger: the nonce that was sent last; 0 for none.</summary>
    internal SentNonces Sent;

    /// <summary>By place of the challenger: what was sent had been asked for by a response to this very request.</summary>
    internal byte Asked;
    internal byte Rounds;

    [InlineArray(DigestClient.MaxChallengers)]
    internal struct SentNonces
    {
        private ushort _first;
    }
}

/// <summary>What a 401 or 407 means for the request that got it.</summary>
public enum ChallengeOutcome : byte
{
    /// <summary>Send it again, with the next CSeq and new credentials.</summary>
    Retry,

    /// <summary>No challenge that can be answered: no realm of ours, or no algorithm that is known.</summary>
    NotAnswerable,

    /// <summary>Our credentials are wrong there.</summary>
    Refused,
}
