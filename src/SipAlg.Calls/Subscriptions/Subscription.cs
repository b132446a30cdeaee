using SipAlg.Calls.Admission;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Requests;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Subscriptions;

/// <summary>
/// A subscription (RFC 6665): a dialog with who subscribed, in which the gateway is the notifier, and one with the notifier, in which it
/// is the subscriber. It lives as long as the notifier says, and never longer: when both ends vanish, its time ends it. A REFER outside a
/// dialog begins one too (RFC 3515 §2.4.4). This file: beginning, finding, ending; the others: the targets' answers, and the requests
/// in its dialogs.
/// </summary>
internal sealed partial class Subscription : DialogOwner
{
    /// <summary>Seconds of a subscription whose ends do not say how long it lives (RFC 6665 §4.1.2.1 leaves that to the package; most say so).</summary>
    private const int UsualExpires = 3600;

    /// <summary>Seconds; what is granted beyond is shortened, so that a subscription that nobody ends is gone after a day.</summary>
    private const int MostExpires = 86_400;

    private readonly CallLane _lane;
    private readonly int _slot;
    private readonly uint _generation;
    private readonly ulong _key;
    private readonly byte[] _event;
    private readonly DialogEnd _subscriber;
    private readonly Allotment _subscriberAllotment;
    private readonly int _asked;
    private readonly RouteFilter _filter;

    /// <summary>The targets of the SUBSCRIBE that began it; null once that is answered.</summary>
    private TargetSearch? _search;
    private DialogEnd? _notifier;

    /// <summary>The host that stands for the subscriber's side at the notifier.</summary>
    private byte[] _notifierHost = [];
    private Allotment? _notifierAllotment;
    private ForwardedRequest? _forwarded;
    private TimerId _timer;

    /// <summary>When it ends unless it is refreshed; milliseconds of the lane's clock.</summary>
    private long _expiresAt;

    /// <summary>A NOTIFY has come, which made the notifier's dialog.</summary>
    private bool _isNotified;

    /// <summary>It has ended; answers are still under way.</summary>
    private bool _isOver;

    /// <summary>The gateway ended it, and the notifier's last NOTIFY may still come.</summary>
    private bool _isCancelled;

    /// <summary>Requests of our own that have no answer yet.</summary>
    private byte _ownRequests;

    private Subscription(CallLane lane, int slot, uint generation, ulong key, DialogEnd subscriber, Allotment allotment, SipMessage request, RouteFilter filter)
    {
        _lane = lane;
        _filter = filter;
        _slot = slot;
        _generation = generation;
        _key = key;
        _subscriber = subscriber;
        _subscriberAllotment = allotment;
        var isReferral = request.Method == SipMethod.Refer;
        _event = EventNames.Keep(isReferral ? "refer"u8 : request.First(HeaderId.Event));
        _asked = isReferral ? -1 : DeltaSeconds.Read(request.First(HeaderId.Expires));
    }

    public override RouteFilter Filter => _filter;

    /// <summary>Our end of the notifier's dialog, of the target that is asked before it has answered.</summary>
    private DialogEnd? Notifier => _search is { } search ? search.End : _notifier;

    private ReadOnlySpan<byte> NotifierHost => _search is { } search ? search.Host : _notifierHost;

    private TransactionOwner Owner(RequestPart part) => new(_slot, _generation, (int)part);

    /// <summary>Sends a SUBSCRIBE, or a REFER, to the first target. False: the same one is being served already (RFC 3261 §8.2.2.2).</summary>
    public static bool TryBegin(CallLane lane, TransactionId transaction, SipMessage request, in Flow flow, in Sender sender, Allotment allotment, RouteDecision decision)
    {
        if (!lane.TryReserve(request, out var slot, out var generation, out var key))
        {
            return false;
        }

        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var id = lane.Lane.MintId(slot);
        id.Format(tag);
        var subscriber = new DialogEnd
        {
            Dialog = lane.Dialogs.FromRequest(request, tag),
            Flow = flow,
            Secret = id.Secret,
            Realm = sender.Realm,
            Peer = sender.Peer,
            User = sender.User,
            Source = sender.Source(flow),
        };
        var subscription = new Subscription(lane, slot, generation, key, subscriber, allotment, request, decision.Route?.Filter ?? RouteFilter.None);
        lane.Set(slot, subscription);
        var search = new TargetSearch(lane, sender, decision, subscription.Owner(RequestPart.Target), transaction, request, flow, tag);
        subscription._search = search;
        if (!search.TryAsk(request))
        {
            subscription.Fail(search.Status);
        }

        return true;
    }

    /// <summary>
    /// Before the first NOTIFY the notifier has whatever tag that brings: of the NOTIFYs that a fork brings about the first counts, and all
    /// others are answered 481, which ends what they belong to (RFC 6665 §4.1.2.4, §4.4.1).
    /// </summary>
    public override DialogEnd? LegWith(ulong secret, ReadOnlySpan<byte> remoteTag)
    {
        if (_subscriber.Secret == secret)
        {
            return _subscriber.Dialog.RemoteTag.SequenceEqual(remoteTag) ? _subscriber : null;
        }

        return Notifier is { } notifier && notifier.Secret == secret && (!_isNotified || notifier.Dialog.RemoteTag.SequenceEqual(remoteTag)) ? notifier : null;
    }

    public override bool GoesBy(int listener) => _subscriber.Flow.Listener == listener || Notifier?.Flow.Listener == listener;

    public override bool IsAt(IpAddress household) =>
        Prefixes.Household(_subscriber.Flow.Remote.Address) == household || (Notifier is { } notifier && Prefixes.Household(notifier.Flow.Remote.Address) == household);

    public override bool OnResponse(TransactionId transaction, int part, SipMessage response, in Flow flow)
    {
        if (response.Status < 200)
        {
            // RFC 4320 §4.1: no provisional answer is passed on.
            return true;
        }

        switch ((RequestPart)part)
        {
            case RequestPart.Target:
                OnTargetResponse(transaction, response, flow);
                break;
            case RequestPart.Forwarded:
                OnForwardedResponse(transaction, response);
                break;
            default:
                OnOwnOver();
                break;
        }

        return true;
    }

    public override void OnNoResponse(TransactionId transaction, int part, NoResponse reason)
    {
        switch ((RequestPart)part)
        {
            case RequestPart.Target when transaction == _search?.Asking:
                OnTargetLost(reason == NoResponse.TimedOut ? 504 : 503);
                break;
            case RequestPart.Forwarded:
                OnForwardedLost(transaction, reason);
                break;
            case RequestPart.Own:
                OnOwnOver();
                break;
            default:
                break;
        }
    }

    public override void OnTimer(CallTimer timer)
    {
        if (timer == CallTimer.NoAnswer)
        {
            OnTargetTimer();
            return;
        }

        _timer = default;
        if (_isNotified || _isOver)
        {
            // Both ends know from its last Expires that it is over (RFC 6665 §4.1.2.2, §4.2.2).
            _isOver = true;
            DropForwarded(481);
            ForgetIfOver();
        }
        else
        {
            // Timer N (RFC 6665 §4.1.2.4).
            Cancel("giveup"u8);
        }
    }

    /// <summary>It lives for so many seconds from now, and a while longer, for the last NOTIFY to come (RFC 6665 §4.4.1).</summary>
    private void LiveFor(int seconds)
    {
        _expiresAt = _lane.Lane.Now + (1000L * Math.Min(seconds, MostExpires));
        if (_isNotified && _search is null)
        {
            StartTimer(_expiresAt);
        }
    }

    private void StartTimer(long from)
    {
        _lane.Lane.Timers.Cancel(_timer);
        _timer = _lane.Lane.Timers.Schedule(from + _lane.Transactions.Times.Timeout, (byte)CallTimer.Subscription, _slot, _generation);
    }

    private DialogReader ReaderOf(DialogEnd end) => new(end.Realm, end.Peer, end.Flow, _lane.Shown(end.Flow));

    private HeaderCrossing Crossing(DialogEnd to) =>
        new(to == _subscriber ? EventMessages.HostTowards(_lane, to.Peer, to.Flow) : NotifierHost, _lane.DialogNames, ReaderOf(to))
        {
            Identity = IdentityCrossing.Of((to == _subscriber ? Notifier : _subscriber) is { IsTrusted: true }, to.IsTrusted),
            Rules = to.Peer?.Peer.Headers ?? HeaderRules.None,
            Filter = Filter.Headers,
            CarriesProof = DialogEnd.IsProofBetween(_subscriber, Notifier),
        };

    private MintedId IdOf(DialogEnd end) => new(_lane.Lane.Number, _slot, end.Secret);

    /// <summary>Gives the slot back once nobody waits for anything.</summary>
    private void ForgetIfOver()
    {
        if (!_isOver || _search is not null || _forwarded is not null || _ownRequests > 0)
        {
            return;
        }

        _lane.Lane.Timers.Cancel(_timer);
        _subscriber.Terminate();
        _notifier?.Terminate();
        _subscriberAllotment.Give();
        _notifierAllotment?.Give();
        _lane.Remove(_slot);
    }
}

/// <summary>Which of a subscription's transactions an event belongs to.</summary>
internal enum RequestPart
{
    /// <summary>The request to a target that begins it.</summary>
    Target,

    /// <summary>A request that goes on from one end to the other.</summary>
    Forwarded,

    /// <summary>A request of our own, whose answer changes nothing.</summary>
    Own,
}
