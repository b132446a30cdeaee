using System.Text;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>
/// Transfers that the gateway carries out: whom the REFER names is called, or is the other end of a dialog that stands; then who stays
/// is asked to talk to that one (RFC 3725), and who transferred goes.
/// </content>
internal sealed partial class Call
{
    private Transfer? _transfer;

    /// <summary>Who carries out what this leg asks for: as its peer is configured, by default the other side if it can.</summary>
    private static bool IsCarriedOut(Leg leg) => (leg.Peer?.Peer.Transfer ?? TransferMode.Auto) switch
    {
        TransferMode.Pass => false,
        TransferMode.Gateway => true,
        _ => leg.Partner is { } other && !other.Allows.Has(SipMethod.Refer),
    };

    private void CarryOut(Leg leg, TransactionId transaction, SipMessage refer, in Flow flow)
    {
        _ = NameAddress.TryParse(refer.First(HeaderId.ReferTo), out var address);
        _ = SipUri.TryParse(address.Uri, out var target);
        var match = FindReferred(target.Headers, out var named);
        var status = WhyNotCarriedOut(leg, target, match, named);
        if (status != 0)
        {
            RefuseRequest(transaction, refer, flow, status);
            return;
        }

        Span<byte> number = stackalloc byte[SipLimits.Identifier];
        _transfer = new Transfer(this, leg, leg.Partner!) { To = number[..target.CopyUser(number)].ToArray() };
        AcceptRefer(leg, transaction, refer, flow);
        Report(leg, 100);
        switch (match)
        {
            case DialogMatch.Foreign:
                CallTarget(_transfer, refer, flow.Remote.Address, target);
                break;
            case DialogMatch.Found when named.Acting is { } acting:
                Join(_transfer, named.Call, acting);
                break;
            default:
                // RFC 3891 §3: what an INVITE that names it would be answered.
                FailTransfer(_transfer, 481);
                break;
        }
    }

    /// <summary>Whether the URI's Replaces names a dialog of ours; foreign too without one.</summary>
    private DialogMatch FindReferred(ReadOnlySpan<byte> text, out NamedDialog named)
    {
        named = default;
        Span<byte> value = stackalloc byte[ReferTarget.MostHeaders];
        var headers = new UriHeaders(text);
        while (headers.MoveNext())
        {
            if (HeaderNames.Find(headers.Name) == HeaderId.Replaces)
            {
                var length = SipUri.Unescape(headers.Value, value);
                return DialogReference.TryParse(HeaderId.Replaces, value[..length], out var reference) ? _lane.DialogNames.Find(reference, out named) : DialogMatch.Mismatch;
            }
        }

        return DialogMatch.Foreign;
    }

    /// <summary>Why a REFER is refused before anything is done; 0 if it is not.</summary>
    private int WhyNotCarriedOut(Leg leg, scoped in SipUri target, DialogMatch match, in NamedDialog named)
    {
        if (target.IsSip && target.TryParameter("method"u8, out var method) && SipMethods.Find(method) != SipMethod.Invite)
        {
            // RFC 3515 §2.4.2: what is referred to is not for the gateway to do.
            return 603;
        }

        if (_phase != CallPhase.Answered || leg.State != LegState.Confirmed || leg.Partner is not { State: LegState.Confirmed } || _transfer is not null || IsChanging)
        {
            return 491;
        }

        // RFC 3891 §8: whoever replaces a dialog must have a right to. It is the transferor's own, or whose name was given to it.
        return match == DialogMatch.Found && (named.Call == this || named.Other is not { } own || !ReaderOf(leg).Faces(own)) ? 403 : 0;
    }

    /// <summary>Calls whom the REFER names, through the dialplan, with the rights of who sent it; who stays is told of as the caller.</summary>
    private void CallTarget(Transfer transfer, SipMessage refer, IpAddress source, scoped in SipUri target)
    {
        Span<byte> by = stackalloc byte[SipLimits.Identifier];
        by = by[..NumberOf(transfer.By, by)];
        if (DescriptionOf(transfer) is not { } description ||
            AttemptInvite.Write(refer, target, transfer.Stays, IsForced(transfer.By) ? by : default, description) is not { } invite)
        {
            FailTransfer(transfer, 400);
            return;
        }

        var rights = RouteRights.Of(transfer.By, source);
        var decision = _lane.Routes.Find(rights, invite[invite.RequestUri], by, refer);
        if (!TryCharge(rights, transfer.To, decision, out var charge))
        {
            FailTransfer(transfer, 403);
            return;
        }

        transfer.Charge = charge;
        BeginAttempt(transfer, invite, decision);
    }

    /// <summary>Who calls by a number of his own, whatever he says.</summary>
    private static bool IsForced(Leg leg) => leg.User is { IsForced: true };

    /// <summary>
    /// The number of who is behind a leg: by which it called, since From alone would be its own word (RFC 3325 §5); of a user who was
    /// called the one by which he was, if it is his own. Returns its length.
    /// </summary>
    private static int NumberOf(Leg leg, Span<byte> destination)
    {
        if (!leg.Number.IsEmpty)
        {
            leg.Number.Span.CopyTo(destination);
            return leg.Number.Length;
        }

        var length = NameAddress.TryParse(leg.Dialog.RemoteAddress, out var from) && SipUri.TryParse(from.Uri, out var uri) ? uri.CopyUser(destination) : 0;
        return leg.User is { IsForced: true } user ? CallNumbers.Own(user, destination, length) : length;
    }

    /// <summary>The other end of a dialog that stands takes the transferor's place in this call.</summary>
    private void Join(Transfer transfer, Call home, Leg leg)
    {
        if (leg.State == LegState.Early && home.TryAwait(transfer))
        {
            transfer.Awaited = home;
            return;
        }

        var face = NewFace(SideOf(leg));
        var (here, there) = (transfer.Stays.Index, transfer.By.Index);
        var stays = new MediaEnd(FaceOf(transfer.Stays), transfer.Stays.Origin);
        var comes = new MediaEnd(face, leg.Origin);
        var media = new MediaBridge(_lane.Room.Media, here == CallerIndex ? stays : comes, here == CallerIndex ? comes : stays)
        {
            Known = new MediaBridge.KnownSide(transfer.Stays.Media!, here, here),
            Codecs = SessionCodecs.Of(_decision.Route!.Codecs, CodecsOf(here == CallerIndex ? transfer.Stays : leg), CodecsOf(here == CallerIndex ? leg : transfer.Stays)),
        };
        media.IsConcealed = IdentityBetween(transfer.Stays, leg).ConcealsSession(null);
        transfer.Comes = new Takeover(home, leg, face, media);
        var result = TryOfferOf(transfer, media, here, out var offer);
        if (result != BridgeResult.Done || !home.TryGive(transfer.Comes, offer, (status, answer) => OnTargetAnswer(transfer, there, status, answer)))
        {
            transfer.Comes = null;
            face.Release();
            FailTransfer(transfer, result == BridgeResult.Done ? 491 : StatusOf(result));
        }
    }

    /// <summary>What the transferor had been sent of who stays, as somebody else may be offered it; null if that is too long.</summary>
    private byte[]? DescriptionOf(Transfer transfer)
    {
        var (draft, octets) = (new byte[SdpDescription.MaxLength], new byte[SdpDescription.MaxLength]);
        var length = SdpUnhold.Write(transfer.By.Sent.Span, FaceOf(transfer.By).Shown, draft);
        length = length < 0 ? length : transfer.Stays.Media!.WithEvents(transfer.Stays.Index, draft.AsSpan(0, length), octets);
        return length <= 0 ? null : octets[..length];
    }

    private static CodecRules CodecsOf(Leg leg) => leg.Peer?.Peer.Codecs ?? CodecRules.None;

    /// <summary>Writes what the transferor had been sent of who stays as an offer to the target.</summary>
    private BridgeResult TryOfferOf(Transfer transfer, MediaBridge media, int side, out ReadOnlySpan<byte> offer)
    {
        offer = default;
        var description = _lane.Room.Media.Description;
        if (DescriptionOf(transfer) is not { } octets || SdpParser.Parse(description, octets, 0, octets.Length) != SdpFault.None)
        {
            return BridgeResult.TooLarge;
        }

        var result = media.Offer(side, description, _lane.Room.Media.Scratch, out var written);
        offer = _lane.Room.Media.Scratch.AsSpan(0, Math.Max(written, 0));
        return result;
    }

    /// <summary>The dialog that stands has been offered who stays.</summary>
    private void OnTargetAnswer(Transfer transfer, int side, int status, SdpDescription? answer)
    {
        if (status != 200)
        {
            FailTransfer(transfer, status);
            return;
        }

        transfer.Comes!.Media.IsConcealed = IdentityBetween(transfer.Comes.Leg, transfer.Stays).ConcealsSession(null);
        var result = transfer.Comes.Media.Answer(side, answer!, isFinal: true, _lane.Room.Media.Scratch, out var length);
        if (result != BridgeResult.Done)
        {
            FailTransfer(transfer, StatusOf(result));
            return;
        }

        AskStaying(transfer, _lane.Room.Media.Scratch.AsSpan(0, length));
    }

    /// <summary>The target talks; who stays is offered it.</summary>
    private void AskStaying(Transfer transfer, ReadOnlySpan<byte> offer)
    {
        transfer.IsJoining = true;
        KeepBefore(transfer.Stays);
        AskOwn(transfer.Stays, OwnInvitePurpose.Transfer, offer, (status, answer) => OnStayingAnswer(transfer, status, answer));
    }

    private void OnStayingAnswer(Transfer transfer, int status, SdpDescription? answer)
    {
        if (_transfer == transfer && status == 200)
        {
            Complete(transfer, answer!);
        }
        else if (_transfer == transfer)
        {
            FailTransfer(transfer, status);
        }
        else if (status == 200)
        {
            // It was given up meanwhile.
            AskBefore(transfer.Stays);
        }

        if (_transfer is not { IsJoining: true })
        {
            // Another transfer that has begun meanwhile goes back to the same.
            _lane.Lane.Octets.Drop(ref transfer.Stays.Before);
        }
    }

    private void Complete(Transfer transfer, SdpDescription answer)
    {
        var (by, stays, comes) = (transfer.By, transfer.Stays, transfer.Comes!);
        _transfer = null;
        Charge(transfer.Charge);
        BeginToPay(null);
        ListenAnew();
        RecordTransfer(transfer);
        comes.Home.GoOver(comes, this, CallCause.Transferred);
        Replace(by, comes);
        stays.Partner = comes.Leg;
        comes.Leg.Partner = stays;
        stays.Told = null;
        comes.Leg.Told = transfer.Attempt is null ? null : comes.Leg.Told;
        stays.Media = comes.Leg.Media = Directed(comes.Media, stays);
        stays.Media.Known = null;
        ResumeClock(comes.Leg);
        Overtake(stays, OwnInvitePurpose.Change);
        Renew(stays, answer, OwnInvitePurpose.Refresh);
        stays.Media.Reject();
        Report(by, 200);
        Depart(by, isDismissed: by.Reports is { IsOver: true, Pending.IsNone: true });
    }

    /// <summary>The session as this call has its sides; an attempt's has who stays as the caller.</summary>
    private static MediaBridge Directed(MediaBridge media, Leg stays) => media.Known is { } known && known.Side != stays.Index ? media.Turned() : media;

    /// <summary>Puts the leg that comes in the place of the one that leaves.</summary>
    private void Replace(Leg leaves, Takeover comes)
    {
        CountLost(leaves.Index, FaceOf(leaves));
        var packets = FaceOf(leaves).Packets();
        KeepFigures(leaves.Index, FaceOf(leaves));
        Observe(leaves.Realm, leaves.Peer, FaceOf(leaves).Audio());
        FaceOf(leaves).Release();
        comes.Leg.Index = leaves.Index;
        if (leaves.Index == CallerIndex)
        {
            _record.PacketsFromCaller += packets;
            (_caller, _callerFace) = (comes.Leg, comes.Face);
        }
        else
        {
            _record.PacketsFromCallee += packets;
            (_callee, _calleeFace, _branches) = (comes.Leg, comes.Face, null);
        }
    }

    private void RecordTransfer(Transfer transfer)
    {
        var comes = transfer.Comes!.Leg;
        _record.Transferred(new CallTransfer(TimeOfDay, transfer.By.Index == CallerIndex ? EndedBy.Caller : EndedBy.Callee, Encoding.UTF8.GetString(transfer.To))
        {
            ToRealm = _lane.Room.Model.Realms[comes.Realm].Name,
            ToPeer = comes.Peer?.Peer.Name,
        });
    }

    /// <summary>The call is again what it was; if who transferred has hung up meanwhile, there is nobody to talk to.</summary>
    private void FailTransfer(Transfer transfer, int status)
    {
        if (_transfer != transfer)
        {
            return;
        }

        DropTransfer();
        transfer.Stays.Media!.Resume();
        Report(transfer.By, status);
        if (transfer.By.State == LegState.Ended)
        {
            HangUp(CallCause.TransferFailed);
        }
    }

    /// <summary>What the transfer has brought about so far is taken back, but for what who stays has been told.</summary>
    private void DropTransfer()
    {
        var transfer = _transfer!;
        _transfer = null;
        transfer.Charge?.End();
        ListenAnew();
        Withdraw(transfer.Stays);
        transfer.Awaited?.StopAwaiting(transfer);
        if (transfer.Comes is { IsOver: false } comes && transfer.Attempt is null)
        {
            comes.Home.GiveBack(comes);
        }

        if (transfer.Attempt is { } attempt)
        {
            attempt.GiveUpAttempt();
        }
        else
        {
            transfer.Comes?.Face.Release();
        }
    }

    /// <summary>The call ends while a transfer is under way.</summary>
    private void AbandonTransfer()
    {
        if (_transfer is { } transfer)
        {
            DropTransfer();
            Report(transfer.By, 487);
        }
    }
}
