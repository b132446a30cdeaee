using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Lanes;

/// <summary>
/// What a slot of a lane holds: a call, a subscription, a request outside a dialog that waits for its answer. Tags, Call-IDs and
/// Contacts that the gateway mints lead to the slot, so whoever owns a dialog needs one.
/// </summary>
internal abstract class DialogOwner
{
    /// <summary>What its messages are kept under; 0: they are not.</summary>
    public virtual ulong Trace => 0;

    /// <summary>What its route lets through of its messages.</summary>
    public virtual RouteFilter Filter => RouteFilter.None;

    /// <summary>Somebody who has proven nothing has begun it.</summary>
    public virtual bool IsOfStranger => false;

    /// <summary>The end that has this secret in its tag and that tag of the far side's; null: no dialog of this owner.</summary>
    public abstract DialogEnd? LegWith(ulong secret, ReadOnlySpan<byte> remoteTag);

    /// <summary>Whether one of its dialogs goes over a listener. What has none is over soon.</summary>
    /// <param name="listener">Its place.</param>
    public virtual bool GoesBy(int listener) => false;

    /// <summary>Whether one of its dialogs is with somebody at a source.</summary>
    /// <param name="household">As <see cref="Model.Prefixes.Household"/> has it.</param>
    public virtual bool IsAt(IpAddress household) => false;

    /// <summary>A request in a dialog of this owner, but for ACK and OPTIONS.</summary>
    public abstract void OnRequest(DialogEnd end, TransactionId transaction, SipMessage request, in Flow flow);

    /// <summary>What may be sent in the dialog of this end, besides what the gateway serves itself.</summary>
    public abstract MethodSet AllowedFrom(DialogEnd end);

    /// <summary>An ACK of a 2xx, which only calls send.</summary>
    public virtual void OnAck(DialogEnd end, SipMessage ack)
    {
    }

    /// <summary>A CANCEL of an INVITE, which only calls have.</summary>
    public virtual void OnCancel(TransactionId invite, SipMessage cancel)
    {
    }

    /// <returns>False: nobody here waits for it any more.</returns>
    public abstract bool OnResponse(TransactionId transaction, int part, SipMessage response, in Flow flow);

    /// <summary>A request of its own was challenged and is about to be sent again.</summary>
    /// <returns>False: nobody here waits for its answer, so it is not.</returns>
    public abstract bool TryRenew(in RenewedRequest renewed);

    public abstract void OnNoResponse(TransactionId transaction, int part, NoResponse reason);

    public abstract void OnTimer(CallTimer timer);

    /// <summary>The places of a target that this owner asked for, if it still waits for them.</summary>
    /// <param name="key">Which of its questions.</param>
    /// <param name="hops">What was found.</param>
    public virtual void OnHops(int key, SipHops hops)
    {
    }

    /// <summary>The contacts of users that this owner asked for, if it still waits for them.</summary>
    /// <param name="key">Which of its questions.</param>
    /// <param name="found">In the order of the question.</param>
    public virtual void OnContacts(int key, FoundContacts[] found)
    {
    }

    /// <summary>Ends it from our side.</summary>
    public abstract void HangUp(CallCause cause);
}
