using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Registrations;
using SipAlg.Calls.Requests;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Subscriptions;

/// <content>What the targets answer to the SUBSCRIBE, or REFER, that begins it.</content>
internal sealed partial class Subscription
{
    private void OnTargetResponse(TransactionId transaction, SipMessage response, in Flow flow)
    {
        if (_search is not { } search || transaction != search.Asking)
        {
            // Of a target that was given up; if it made a dialog, its NOTIFY finds nobody.
            return;
        }

        var status = search.StatusFor(response.Status);
        if (response.Status < 300)
        {
            Establish(search, response, flow);
        }
        else if (_isNotified || !search.LeadsOn(response.Status) || !search.TryNext(status, response.Status))
        {
            AnswerSubscriber(search, response, status, seconds: 0);
            EndSearch();
        }
    }

    private void Establish(TargetSearch search, SipMessage response, in Flow flow)
    {
        var notifier = search.End!;
        if (!_isNotified)
        {
            notifier.Dialog = _lane.Dialogs.FromResponse(notifier.Dialog, response);
            notifier.Flow = NextHops.Of(_lane, notifier, flow);
        }

        var isReferral = response.Method == SipMethod.Refer;
        var seconds = isReferral ? UsualExpires : Granted(response, _asked);
        AnswerSubscriber(search, response, response.Status, isReferral ? -1 : seconds);
        Establish(notifier);
        _notifier = notifier;
        _notifierHost = search.Host;
        _notifierAllotment = search.Settle();
        _search = null;
        _lane.ForgetInvite(_key);
        _isOver |= isReferral && HasNoSubscription(response);
        if (!_isNotified)
        {
            StartTimer(_lane.Lane.Now);
        }

        // What a NOTIFY said before, it said later.
        LiveFor(_isNotified && _expiresAt > 0 ? (int)Math.Max((_expiresAt - _lane.Lane.Now) / 1000, 0) : seconds);
        ForgetIfOver();
    }

    /// <summary>It has its two dialogs by a 2xx, or by a NOTIFY that comes before (RFC 6665 §4.4.1).</summary>
    private void Establish(DialogEnd notifier)
    {
        notifier.Establish(_lane.Counters);
        _subscriber.Establish(_lane.Counters);
    }

    /// <summary>The seconds that a 2xx grants: never more than were asked for (RFC 6665 §4.2.1.1).</summary>
    private static int Granted(SipMessage response, int asked)
    {
        var granted = DeltaSeconds.Read(response.First(HeaderId.Expires));
        granted = granted >= 0 ? granted : asked >= 0 ? asked : UsualExpires;
        return Math.Min(Math.Min(granted, asked >= 0 ? asked : granted), MostExpires);
    }

    /// <summary>RFC 4488 §4: the REFER's 2xx says that nobody will be notified.</summary>
    private static bool HasNoSubscription(SipMessage response) => response.First(HeaderId.ReferSub).StartsWith("false"u8);

    /// <summary>Answers what began the subscription.</summary>
    /// <param name="search">Has the request's fields.</param>
    /// <param name="response">As it came.</param>
    /// <param name="status">As it goes on.</param>
    /// <param name="seconds">What Expires of a 2xx says; −1: it has none.</param>
    private void AnswerSubscriber(TargetSearch search, SipMessage response, int status, int seconds)
    {
        var writer = new MessageWriter(_lane.Output);
        WriteAnswer(ref writer, search.ResponseFields, response, status, _subscriber, hasTarget: true, seconds);
        if (writer.Overflowed)
        {
            search.Refuse(513, default);
        }
        else
        {
            search.Respond(status, writer.Written);
        }
    }

    private void OnTargetLost(int status)
    {
        if (_isNotified)
        {
            Fail(status);
        }
        else if (!_search!.TryNext(status))
        {
            Fail(_search.Status);
        }
    }

    /// <summary>The target's share of time is over; one that has sent a NOTIFY is there, and only its answer is late.</summary>
    private void OnTargetTimer()
    {
        if (!_isNotified && _search is { } search && !search.TryNext(504))
        {
            Fail(search.Status);
        }
    }

    public override void OnHops(int key, SipHops hops)
    {
        if (!_isNotified && _search is { } search && !search.TryFound(key, hops))
        {
            Fail(search.Status);
        }
    }

    public override void OnContacts(int key, FoundContacts[] found)
    {
        if (!_isNotified && _search is { } search && !search.TryFound(key, found[0]))
        {
            Fail(search.Status);
        }
    }

    private void Fail(int status)
    {
        _search!.Refuse(status, default);
        EndSearch();
    }

    /// <summary>No target has taken it.</summary>
    private void EndSearch()
    {
        _search!.End?.Terminate();
        _search.Drop();
        _search = null;
        _lane.ForgetInvite(_key);
        _isOver = true;
        DropForwarded(481);
        ForgetIfOver();
    }
}
