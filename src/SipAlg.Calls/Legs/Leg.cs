using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Media;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Legs;

internal enum LegState : byte
{
    /// <summary>An INVITE is under way.</summary>
    Early,

    /// <summary>Answered with 2xx.</summary>
    Confirmed,

    /// <summary>Our BYE has no answer yet, or waits until it may be sent.</summary>
    Leaving,

    Ended,
}

/// <summary>
/// One dialog of a call, and the INVITE that is pending in it, if any. Holds state and no logic of the other side. While a call is
/// set up each side may have several, as the next hops fork (RFC 3261 §12.1.2): they are paired, one of the caller's to one of
/// a callee's.
/// </summary>
/// <param name="index">See <see cref="Index"/>.</param>
internal sealed class Leg(int index) : DialogEnd
{
    /// <summary>0: the caller's side; 1: the callee's. It changes only when the leg takes a place in another call.</summary>
    public int Index { get; set; } = index;
    public LegState State { get; set; }

    /// <summary>The dialog that it is paired with; null before there is one, and for a call that the gateway answers itself.</summary>
    public Leg? Partner { get; set; }

    /// <summary>The next early dialog of the same INVITE.</summary>
    public Leg? Next { get; set; }

    /// <summary>Of a callee's leg: the target that it came of.</summary>
    public Branch? Branch { get; init; }

    /// <summary>The session with its partner, which has the same; null where the gateway answers itself.</summary>
    public MediaBridge? Media { get; set; }

    /// <summary>What this dialog's o= lines count.</summary>
    public required SessionOrigin Origin { get; init; }

    /// <summary>Where its offer/answer exchange stands, seen from us.</summary>
    public OfferAnswerState Session { get; set; }

    /// <summary>The description of the other side that it was sent last, of those that were agreed on.</summary>
    public StoredOctets Sent;

    /// <summary>What <see cref="Sent"/> was before it was offered the media of somebody who is to take the other side's place.</summary>
    public StoredOctets Before;

    /// <summary>The description in an offer to it that has no answer yet.</summary>
    public StoredOctets Offered;

    /// <summary>The INVITE of the gateway's own that is wanted or under way in its dialog, with those that wait behind it; null without one.</summary>
    public OwnInvite? Own { get; set; }

    /// <summary>Our INVITE that has no final answer of theirs yet, as it was sent, where a 422 may make it longer; empty otherwise.</summary>
    public StoredOctets Request;

    /// <summary>The header fields with the credentials of our last INVITE, which its ACK repeats (RFC 3261 §22.1); empty without.</summary>
    public StoredOctets Credentials;

    /// <summary>The far side has acknowledged an answer of ours.</summary>
    public bool HasAcknowledged { get; set; }

    /// <summary>Its session timer.</summary>
    public SessionClock Clock;

    /// <summary>What the far side says that it takes, by Allow; empty before it said.</summary>
    public MethodSet Allows { get; set; }

    /// <summary>What the far side says that it can, by Supported and Require.</summary>
    public SipExtensions Supports { get; set; }

    /// <summary>What the far side demands of answers to its INVITE, by Require.</summary>
    public SipExtensions Requires { get; set; }

    /// <summary>Our reliable provisional responses to their INVITE; null before the first.</summary>
    public ReliableProvisionals? Provisionals { get; set; }

    /// <summary>The RSeq of their last reliable provisional response; 0 before the first (RFC 3262 §4).</summary>
    public uint ReliableSeen { get; set; }

    /// <summary>The answer to the INVITE's offer, ours or theirs, cannot change any more: it went reliably, or an exchange followed it (RFC 6337 §3.1).</summary>
    public bool IsAnswerFixed { get; set; }

    /// <summary>Of a callee's leg: its last 18x with an answer, until its 2xx.</summary>
    public StoredOctets Answer;

    /// <summary>Their INVITE that has no final answer of ours yet.</summary>
    public TransactionId Asked { get; set; }

    /// <summary>They cancelled it, and the other side has not said yet what became of it.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>What all our responses to it share.</summary>
    public StoredOctets ResponseFields;

    /// <summary>The CSeq of their INVITE, which its ACK repeats.</summary>
    public uint AskedSequence { get; set; }

    /// <summary>Our 2xx, sent again until its ACK comes (RFC 3261 §13.3.1.4).</summary>
    public StoredOctets Success;
    public TransactionId SuccessTransaction { get; set; }
    public TimerId SuccessTimer { get; set; }
    public int SuccessInterval { get; set; }

    /// <summary>When to give the ACK up; milliseconds of the lane's clock.</summary>
    public long SuccessDeadline { get; set; }

    /// <summary>Our INVITE that has no final answer of theirs yet.</summary>
    public TransactionId Asking { get; set; }
    public uint AskingSequence { get; set; }

    /// <summary>Whether our pending INVITE carried an offer.</summary>
    public bool HasOffered { get; set; }

    /// <summary>Their 2xx holds an offer, and its ACK waits for the other side's answer.</summary>
    public bool OwesAck { get; set; }

    /// <summary>An ACK with a body, for when their 2xx comes again; others are made anew.</summary>
    public StoredOctets Ack;

    /// <summary>The CSeq of <see cref="Ack"/>.</summary>
    public uint AckSequence { get; set; }

    /// <summary>A description has gone to them in answer to their offer, or come from them in answer to ours.</summary>
    public bool HasAnswer { get; set; }

    /// <summary>Of a caller's early leg: the callee's dialog whose SDP it has seen as the answer.</summary>
    public Leg? AnsweredBy { get; set; }

    /// <summary>A request of theirs other than INVITE is on its way to the other side: a second offer has to wait (RFC 3311 §5.2).</summary>
    public bool IsUpdating { get; set; }

    /// <summary>
    /// The number that the dialplan knew its far side by when it called (unescaped UTF-8): what its peer asserts, where it is trusted. Empty
    /// of one that was called.
    /// </summary>
    public ReadOnlyMemory<byte> Number { get; set; }

    /// <summary>The privacy that its far side asked for when it began or took the dialog (RFC 3323 §4.2): it holds for messages that do not say.</summary>
    public PrivacyValues Privacy { get; set; }

    /// <summary>
    /// The decision by which its far side was asked, as long as the one who called it is behind the partner: what it sets of the caller's number,
    /// name and privacy concerns nobody else. Null for a caller's leg.
    /// </summary>
    public RouteDecision? Told { get; set; }

    /// <summary>The REFERs of its far side that went on to the partner; null before the first.</summary>
    public CrossedReferrals? Referrals { get; set; }

    /// <summary>What its far side is told of the REFER that it sent last and that the gateway carries out; null before the first.</summary>
    public ReferReports? Reports { get; set; }

    /// <summary>Our BYE, of a leg that has left the call before its end; none before it was sent.</summary>
    public TransactionId Bye { get; set; }

    /// <summary>The BYE waits for the ACK of our 2xx (RFC 3261 §15).</summary>
    public bool ByeWaits { get; set; }

    /// <summary>RFC 3261 §14.1: we may not ask while an INVITE of either side is open, or our 2xx has not been acknowledged.</summary>
    public bool IsBusy => !Asked.IsNone || !Asking.IsNone || !Success.IsEmpty || OwesAck;

    /// <summary>Nothing is under way in it any more, nor owed to it.</summary>
    public bool IsOver => State == LegState.Ended && Success.IsEmpty;

    /// <summary>Our 2xx is not sent again.</summary>
    public void DropSuccess(OctetStore octets, TimerWheel timers)
    {
        timers.Cancel(SuccessTimer);
        SuccessTimer = default;
        octets.Drop(ref Success);
    }

    /// <summary>No INVITE of the gateway's own is wanted any more.</summary>
    public void DropOwn(OctetStore octets, TimerWheel timers)
    {
        for (; Own is { } own; Own = own.Next)
        {
            own.Drop(octets, timers);
        }
    }

    public void Drop(OctetStore octets, TimerWheel timers)
    {
        DropSuccess(octets, timers);
        DropButSuccess(octets, timers);
    }

    /// <summary>Its dialog is over and what is kept goes, but for a 2xx without its ACK, which is owed to an INVITE whatever became of its dialog (RFC 3261 §13.3.1.4).</summary>
    public void DropButSuccess(OctetStore octets, TimerWheel timers)
    {
        Terminate();
        octets.Drop(ref ResponseFields);
        octets.Drop(ref Answer);
        octets.Drop(ref Ack);
        octets.Drop(ref Sent);
        octets.Drop(ref Offered);
        octets.Drop(ref Before);
        octets.Drop(ref Request);
        octets.Drop(ref Credentials);
        timers.Cancel(Clock.Timer);
        Clock.Timer = default;
        DropOwn(octets, timers);
        Provisionals?.Drop(octets);
    }
}
