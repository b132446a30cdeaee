using System.Text;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>REFER in a dialog (RFC 3515, RFC 5589): one side asks to be replaced by somebody else.</content>
internal sealed partial class Call
{
    private void OnRefer(Leg leg, TransactionId transaction, SipMessage refer, in Flow flow)
    {
        var status = WhyNotRefer(refer);
        status = status == 0 && !MayBeReferredTo(refer) ? 403 : status;
        if (status != 0)
        {
            RefuseRequest(transaction, refer, flow, status);
            return;
        }

        if (_service is null && !HasDeparted(leg) && IsCarriedOut(leg))
        {
            CarryOut(leg, transaction, refer, flow);
            return;
        }

        OnOther(leg, transaction, refer, flow);
        if (_service is null && leg.Partner is { } other)
        {
            // The NOTIFYs of the other side name the REFER by its CSeq there (RFC 3515 §2.4.6).
            (leg.Referrals ??= new CrossedReferrals()).Add(refer.CSeq, other.Dialog.LocalSequence);
        }
    }

    /// <summary>RFC 3515 §2.4.2: exactly one Refer-To; a URI whose host cannot be hidden would not cross.</summary>
    private static int WhyNotRefer(SipMessage refer)
    {
        var list = new ValueList(refer.First(HeaderId.ReferTo));
        if (!list.MoveNext() || !NameAddress.TryParse(list.Current, out var target) || !SipUri.TryParse(target.Uri, out var uri) || list.MoveNext() ||
            refer.Next(refer.TryFirst(HeaderId.ReferTo, out var first) ? first : 0) >= 0)
        {
            return 400;
        }

        return uri.Scheme == UriScheme.Other ? 416 : 0;
    }

    /// <summary>The route that the call began by may say which numbers can be called at all, by whatever way.</summary>
    private bool MayBeReferredTo(SipMessage refer)
    {
        if (Filter.Called is not { } called)
        {
            return true;
        }

        Span<byte> user = stackalloc byte[SipLimits.Identifier];
        Span<char> text = stackalloc char[SipLimits.Identifier];
        return NameAddress.TryParse(refer.First(HeaderId.ReferTo), out var target) && SipUri.TryParse(target.Uri, out var uri) &&
            Encoding.UTF8.TryGetChars(user[..uri.CopyUser(user)], text, out var length) && called.IsMatch(text[..length]);
    }

    /// <summary>What the leg's far side may send: nothing but the gateway's own while nobody is behind it.</summary>
    private static MethodSet AllowTowards(Leg leg) => leg.Partner is { } other ? WithRefer(other.Allows, leg.Peer) : default;

    /// <summary>Every side may send REFER, unless what it asks for is always left to the other one.</summary>
    /// <param name="other">What the other side takes.</param>
    /// <param name="peer">Who is told.</param>
    private static MethodSet WithRefer(MethodSet other, PeerState? peer) => peer is { Peer.Transfer: TransferMode.Pass } ? other : other.With(SipMethod.Refer);

    /// <summary>The number in Event's "id" as the leg's far side knows it; 0 leaves it.</summary>
    private static uint EventIdTowards(Leg to, SipMessage request) => request.Method switch
    {
        SipMethod.Notify => to.Referrals?.Other(request, isFromReferrer: false) ?? 0,
        SipMethod.Subscribe => to.Partner?.Referrals?.Other(request, isFromReferrer: true) ?? 0,
        _ => 0,
    };
}
