using SipAlg.Protocol.Sdp;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Legs;

/// <summary>Why the gateway itself asks a leg again, by an INVITE that no request of the other side brought about.</summary>
internal enum OwnInvitePurpose : byte
{
    /// <summary>To see whether the far side is still there (RFC 4028): it is offered what it has.</summary>
    Refresh,

    /// <summary>The other side, offered what it has, has changed its streams by its answer.</summary>
    Change,

    /// <summary>Somebody else takes the place of the other side (RFC 3725): it is offered what that one has.</summary>
    Transfer,
}

/// <summary>
/// An INVITE of the gateway's own in a leg's dialog, from when it is wanted until it has its final answer; a refresh may be an UPDATE
/// in its place.
/// </summary>
/// <param name="purpose">Why.</param>
/// <param name="offer">What to offer; empty for what the leg was sent last.</param>
/// <param name="done">Told its final status, and the answer with a 200, in the place of what else is done with them; null for nobody. Not told when the dialog ends first.</param>
internal sealed class OwnInvite(OwnInvitePurpose purpose, StoredOctets offer, Action<int, SdpDescription?>? done)
{
    private StoredOctets _offer = offer;

    public OwnInvitePurpose Purpose => purpose;
    public Action<int, SdpDescription?>? Done => done;
    public ReadOnlySpan<byte> Offer => _offer.Span;

    /// <summary>Its transaction; none while it waits until its dialog is free, or for its time after a 491.</summary>
    public TransactionId Asking { get; set; }
    public bool IsOpen => !Asking.IsNone;

    /// <summary>It was sent as an UPDATE, without an offer.</summary>
    public bool IsUpdate { get; set; }

    /// <summary>How often it has crossed a request of theirs.</summary>
    public int Glares { get; set; }

    /// <summary>What it is for has come about meanwhile.</summary>
    public bool IsOvertaken { get; set; }

    /// <summary>Nobody wants its answer any more: it is cancelled as soon as that may be (RFC 3261 §9.1).</summary>
    public bool IsUnwanted { get; set; }

    /// <summary>When it may be sent, or, once it has been, how long its answer is waited for.</summary>
    public TimerId Timer { get; set; }

    /// <summary>The next one that is wanted in the same dialog.</summary>
    public OwnInvite? Next { get; set; }

    public void Drop(OctetStore octets, TimerWheel timers)
    {
        timers.Cancel(Timer);
        Timer = default;
        octets.Drop(ref _offer);
    }
}
