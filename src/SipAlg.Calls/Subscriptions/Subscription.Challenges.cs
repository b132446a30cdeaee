using SipAlg.Calls.Authentication;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Subscriptions;

/// <content>A request of ours was challenged (RFC 3261 §22.2, §22.3) and is under way once more.</content>
internal sealed partial class Subscription
{
    /// <summary>The REFER that began it, where the notifier had to be asked for it again; null otherwise.</summary>
    private CrossedReferrals? _referral;

    public override bool TryRenew(in RenewedRequest renewed) => (RequestPart)renewed.Part switch
    {
        RequestPart.Target => TryRenewTarget(renewed),
        RequestPart.Forwarded => TryRenewForwarded(renewed),
        _ => true,
    };

    private bool TryRenewTarget(in RenewedRequest renewed)
    {
        if (_search?.TryRenew(renewed) != true)
        {
            return false;
        }

        if (renewed.Method == SipMethod.Refer)
        {
            // NOTIFY names the REFER by its CSeq (RFC 3515 §2.4.6), which is no longer the same on both sides.
            _referral = new CrossedReferrals();
            _referral.Add(_subscriber.Dialog.RemoteSequence, renewed.Sequence);
        }

        return true;
    }

    private bool TryRenewForwarded(in RenewedRequest renewed)
    {
        var forwarded = _forwarded;
        while (forwarded is not null && forwarded.Asking != renewed.Before)
        {
            forwarded = forwarded.Next;
        }

        if (forwarded is null)
        {
            return false;
        }

        forwarded.Asking = renewed.Now;
        return true;
    }

    /// <summary>The number in Event's "id" as this end knows it; 0 leaves it.</summary>
    private uint EventIdTowards(DialogEnd to, SipMessage request) => _referral?.Other(request, isFromReferrer: to != _subscriber) ?? 0;
}
