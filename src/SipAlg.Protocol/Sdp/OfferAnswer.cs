namespace SipAlg.Protocol.Sdp;

/// <summary>Where the offer/answer exchange of a dialog stands; "first" until a session has been agreed.</summary>
public enum OfferAnswerState : byte
{
    NoSession,
    FirstLocalOffer,
    FirstRemoteOffer,
    Stable,
    LocalOffer,
    RemoteOffer,
}

public enum OfferAnswerEvent : byte
{
    OfferSent,
    OfferReceived,
    AnswerSent,
    AnswerReceived,

    /// <summary>Our offer failed: a final answer other than 2xx, or none (RFC 3261 §14.1). What was agreed before holds.</summary>
    LocalOfferRejected,

    /// <summary>We refused the far side's offer, with 488 for one.</summary>
    RemoteOfferRejected,
}

public enum OfferAnswerFault : byte
{
    None,

    /// <summary>An offer crossed our own: answer 491 (RFC 3261 §14.2).</summary>
    Glare,

    /// <summary>A second offer before we answered the first: answer 500 with Retry-After of 0 to 10 s (RFC 3261 §14.2).</summary>
    OfferUnanswered,

    /// <summary>We may not offer while an offer is open on either side (RFC 3264 §4).</summary>
    MayNotOffer,

    /// <summary>
    /// An answer to no offer of ours, such as the same SDP again in a 180 and the 200: to be ignored (RFC 3261 §13.2.1,
    /// RFC 6337 §3.1).
    /// </summary>
    AnswerIgnored,

    /// <summary>We may not answer, or reject, what was not offered.</summary>
    NoOffer,
}

/// <summary>What an event leads to; with a fault the state stays as it was.</summary>
public readonly record struct OfferAnswerStep(OfferAnswerState State, OfferAnswerFault Fault);

/// <summary>
/// The offer/answer rules of RFC 3264 §4, RFC 3261 §13 and §14 and RFC 6337, apart from the messages that carry them. One for each
/// dialog: a forked INVITE gives its offer to each early dialog. SDP in an unreliable 18x is no event: the exchange stays open until the
/// answer goes reliably.
/// </summary>
public static class OfferAnswer
{
    public static OfferAnswerStep Next(OfferAnswerState state, OfferAnswerEvent happened) => (state, happened) switch
    {
        (OfferAnswerState.NoSession, OfferAnswerEvent.OfferSent) => To(OfferAnswerState.FirstLocalOffer),
        (OfferAnswerState.NoSession, OfferAnswerEvent.OfferReceived) => To(OfferAnswerState.FirstRemoteOffer),
        (OfferAnswerState.Stable, OfferAnswerEvent.OfferSent) => To(OfferAnswerState.LocalOffer),
        (OfferAnswerState.Stable, OfferAnswerEvent.OfferReceived) => To(OfferAnswerState.RemoteOffer),

        (OfferAnswerState.FirstLocalOffer or OfferAnswerState.LocalOffer, OfferAnswerEvent.AnswerReceived) => To(OfferAnswerState.Stable),
        (OfferAnswerState.FirstRemoteOffer or OfferAnswerState.RemoteOffer, OfferAnswerEvent.AnswerSent) => To(OfferAnswerState.Stable),

        (OfferAnswerState.FirstLocalOffer, OfferAnswerEvent.LocalOfferRejected) => To(OfferAnswerState.NoSession),
        (OfferAnswerState.LocalOffer, OfferAnswerEvent.LocalOfferRejected) => To(OfferAnswerState.Stable),
        (OfferAnswerState.FirstRemoteOffer, OfferAnswerEvent.RemoteOfferRejected) => To(OfferAnswerState.NoSession),
        (OfferAnswerState.RemoteOffer, OfferAnswerEvent.RemoteOfferRejected) => To(OfferAnswerState.Stable),

        (OfferAnswerState.FirstLocalOffer or OfferAnswerState.LocalOffer, OfferAnswerEvent.OfferReceived) => Stay(state, OfferAnswerFault.Glare),
        (_, OfferAnswerEvent.OfferReceived) => Stay(state, OfferAnswerFault.OfferUnanswered),
        (_, OfferAnswerEvent.OfferSent) => Stay(state, OfferAnswerFault.MayNotOffer),
        (_, OfferAnswerEvent.AnswerReceived) => Stay(state, OfferAnswerFault.AnswerIgnored),
        _ => Stay(state, OfferAnswerFault.NoOffer),
    };

    private static OfferAnswerStep To(OfferAnswerState state) => new(state, OfferAnswerFault.None);

    private static OfferAnswerStep Stay(OfferAnswerState state, OfferAnswerFault fault) => new(state, fault);
}
