using SipAlg.Calls.Bodies;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Requests;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Subscriptions;

/// <content>Requests in its dialogs: NOTIFY one way, SUBSCRIBE the other, and what the gateway does not know either way.</content>
internal sealed partial class Subscription
{
    /// <summary>Requests of one subscription that wait for an answer; one end that asks on and on while the other is silent would have us keep ever more of it.</summary>
    private const int MostForwarded = 64;

    private static readonly MethodSet Served = default(MethodSet)
        .With(SipMethod.Info).With(SipMethod.Message).With(SipMethod.Notify).With(SipMethod.Subscribe);

    public override MethodSet AllowedFrom(DialogEnd end) => Served;

    public override void OnRequest(DialogEnd end, TransactionId transaction, SipMessage request, in Flow flow)
    {
        if (!IsServed(end, request))
        {
            _lane.RefuseMethod(transaction, request, flow, Served);
            return;
        }

        var status = WhyNot(end, request);
        if (status != 0)
        {
            _lane.Transactions.Reply(transaction, request, flow, status);
            return;
        }

        end.Dialog.RemoteSequence = request.CSeq;
        if (EventBodies.IsHidden(request))
        {
            _lane.RefuseBody(transaction, request, flow);
            return;
        }

        if (flow.IsReliable && end.Flow.IsReliable)
        {
            // The connection that it came by is the one that is alive.
            end.Flow = flow;
        }

        if (request.Method == SipMethod.Notify)
        {
            Learn(end, request, flow);
        }
        else if (request.Method == SipMethod.Subscribe)
        {
            end.Dialog = _lane.Dialogs.WithTarget(end.Dialog, request);
        }

        Forward(end, end == _subscriber ? Notifier! : _subscriber, transaction, request, flow);
    }

    /// <summary>What belongs to a call has no place here (RFC 5057 §5.2); REFER would be another subscription in the same dialog (RFC 6665 §4.5.2).</summary>
    private bool IsServed(DialogEnd end, SipMessage request) => request.Method switch
    {
        SipMethod.Notify => end != _subscriber,
        SipMethod.Subscribe => end == _subscriber,
        SipMethod.Message or SipMethod.Info or SipMethod.Unknown => true,
        _ => false,
    };

    /// <summary>RFC 3261 §12.2.2, RFC 6665 §4.1.3: why a request is answered at once, and how.</summary>
    private int WhyNot(DialogEnd end, SipMessage request)
    {
        if (_isOver)
        {
            return _isCancelled && request.Method == SipMethod.Notify ? 200 : 481;
        }

        if (request.CSeq < end.Dialog.RemoteSequence)
        {
            return 500;
        }

        if (request.MaxForwards == 0)
        {
            return 483;
        }

        if (!HasRoomForRequest)
        {
            return 500;
        }

        if (request.Method is SipMethod.Notify or SipMethod.Subscribe)
        {
            return !request.Has(HeaderId.Event) ? 400 : !EventValue.AreSame(_event, request.First(HeaderId.Event)) ? 481 : IsMissing(end, request) ? 481 : 0;
        }

        return IsMissing(end, request) ? 481 : 0;
    }

    /// <summary>Before the first NOTIFY only that may come from the notifier, and nothing can go to one that has not answered yet.</summary>
    private bool IsMissing(DialogEnd end, SipMessage request) => end == _subscriber
        ? Notifier is not { Dialog.RemoteTag.IsEmpty: false }
        : !_isNotified && request.Method != SipMethod.Notify && !end.Dialog.RemoteTag.SequenceEqual(request[request.FromTag]);

    /// <summary>The dialog of the first NOTIFY, and how long the subscription lives by this one.</summary>
    private void Learn(DialogEnd notifier, SipMessage notify, in Flow flow)
    {
        var isFirst = !_isNotified;
        _isNotified = true;
        Establish(notifier);
        notifier.Dialog = isFirst ? _lane.Dialogs.FromNotify(notifier.Dialog, notify) : _lane.Dialogs.WithTarget(notifier.Dialog, notify);
        notifier.Flow = NextHops.Of(_lane, notifier, isFirst ? flow : notifier.Flow);
        var state = SubscriptionState.Read(notify.First(HeaderId.SubscriptionState));
        if (state.IsTerminated)
        {
            _isOver = true;
        }
        else if (state.Expires >= 0)
        {
            LiveFor(state.Expires);
        }
        else if (isFirst && _search is null)
        {
            StartTimer(_expiresAt);
        }
    }

    private void Forward(DialogEnd from, DialogEnd to, TransactionId transaction, SipMessage request, in Flow flow)
    {
        var asking = _lane.Transactions.Reserve(request.Method, Owner(RequestPart.Forwarded));
        var forwarded = new ForwardedRequest(from, to, transaction, asking, request.Method)
        {
            ResponseFields = LegMessages.KeepResponseFields(_lane.Lane.Octets, _lane.Output, request, flow, default),
            Expires = DeltaSeconds.Read(request.First(HeaderId.Expires)),
        };
        var status = Write(to, asking, request, out var length);
        if (status != 0)
        {
            _lane.Transactions.Abandon(asking);
            Refuse(forwarded, status);
            ForgetIfOver();
            return;
        }

        _lane.Transactions.Adopt(transaction, Owner(RequestPart.Forwarded));
        forwarded.Next = _forwarded;
        _forwarded = forwarded;
        _lane.ClientRequests.Send(asking, to, _lane.Output.AsSpan(0, length), FixesTransport(to));
    }

    private static bool FixesTransport(DialogEnd end) => SipUri.TryParse(end.Dialog.NextHop, out var next) && next.TryParameter("transport"u8, out _);

    /// <returns>Why it cannot go on; 0 if it is written.</returns>
    private int Write(DialogEnd to, TransactionId asking, SipMessage request, out int length)
    {
        length = 0;
        var shown = _lane.Shown(to.Flow);
        var status = EventBodies.Cross(_lane, request, new BodyReader(HostInBodies(to), ReaderOf(to)), out var body);
        if (status != 0)
        {
            return status;
        }

        var writer = new MessageWriter(_lane.Output);
        to.Dialog.WriteRequest(ref writer, request[request.MethodText], ++to.Dialog.LocalSequence, Call.HopsLeft(request), LegMessages.ViaOf(_lane.Transactions, asking, to.Flow, shown));
        if (EventMessages.HasContact(request))
        {
            LegMessages.WriteContact(ref writer, IdOf(to), to.Flow, shown, to.Dialog.IsSips);
        }

        EventMessages.WriteAccepted(ref writer, request);
        (Crossing(to) with { EventId = EventIdTowards(to, request) }).Write(ref writer, request);
        LegMessages.Finish(ref writer, request.First(HeaderId.ContentType), body);
        length = writer.Length;
        return writer.Overflowed ? 513 : 0;
    }

    /// <summary>The subscriber looks for the address that it subscribed to, so bodies have the host that it wrote there.</summary>
    private ReadOnlySpan<byte> HostInBodies(DialogEnd to) =>
        to == _subscriber && NameAddress.TryParse(to.Dialog.LocalAddress, out var own) && SipUri.TryParse(own.Uri, out var uri) && uri.IsSip
            ? uri.Text[uri.HostStart..uri.HostPortEnd]
            : to == _subscriber ? EventMessages.HostTowards(_lane, to.Peer, to.Flow) : NotifierHost;

    private void OnForwardedResponse(TransactionId transaction, SipMessage response)
    {
        if (Take(transaction) is not { } forwarded)
        {
            return;
        }

        var isChallenge = response.Status is 401 or 407 && DialogEnd.IsProofBetween(_subscriber, Notifier);
        var status = isChallenge ? response.Status : EventMessages.FinalStatus(response.Status);
        var isRefresh = forwarded.Method == SipMethod.Subscribe && status < 300;
        var seconds = isRefresh ? Granted(response, forwarded.Expires) : -1;
        var writer = new MessageWriter(_lane.Output);
        WriteAnswer(ref writer, forwarded.ResponseFields, response, status, forwarded.From, isRefresh, seconds);
        if (writer.Overflowed)
        {
            Refuse(forwarded, 513);
        }
        else
        {
            _lane.Transactions.Respond(forwarded.Asked, status, writer.Written);
            _lane.Lane.Octets.Drop(ref forwarded.ResponseFields);
        }

        if (isRefresh)
        {
            forwarded.To.Dialog = _lane.Dialogs.WithTarget(forwarded.To.Dialog, response);
            LiveFor(seconds);
        }

        _isOver |= forwarded.Method is SipMethod.Subscribe or SipMethod.Notify && EndsSubscription(status);
        ForgetIfOver();
    }

    /// <summary>RFC 6665 §4.1.2.2, §4.2.2: which failures of a refresh, or of a NOTIFY, say that there is no subscription. After any other it stands.</summary>
    private static bool EndsSubscription(int status) => status is 404 or 405 or 410 or 416 or (>= 480 and <= 485) or 489 or 501 or 604;

    /// <summary>Writes an answer of the other side.</summary>
    /// <param name="writer">At its beginning.</param>
    /// <param name="fields">What all responses to the request share.</param>
    /// <param name="response">As it came.</param>
    /// <param name="status">As it goes on.</param>
    /// <param name="to">Who asked.</param>
    /// <param name="hasTarget">A 2xx says where to send what comes next.</param>
    /// <param name="seconds">What Expires of a 2xx says; −1: what it said.</param>
    private void WriteAnswer(ref MessageWriter writer, in StoredOctets fields, SipMessage response, int status, DialogEnd to, bool hasTarget, int seconds)
    {
        var changes = status < 300 && seconds >= 0 && DeltaSeconds.Read(response.First(HeaderId.Expires)) != seconds;
        EventMessages.BeginAnswer(ref writer, fields, response, status, Crossing(to) with { Edits = changes ? EventMessages.Expiring(seconds) : [] });
        if (status < 300 && hasTarget)
        {
            LegMessages.WriteContact(ref writer, IdOf(to), to.Flow, _lane.Shown(to.Flow), to.Dialog.IsSips);
        }

        LegMessages.Finish(ref writer, response.First(HeaderId.ContentType), status == response.Status ? BodyCrossing.Opaque(_lane, response) : default);
    }

    /// <summary>No answer came. A refresh may be tried again while the subscription lives; who does not answer a NOTIFY is gone (RFC 6665 §4.2.2).</summary>
    private void OnForwardedLost(TransactionId transaction, NoResponse reason)
    {
        if (Take(transaction) is not { } forwarded)
        {
            return;
        }

        var isGone = reason == NoResponse.TimedOut;
        Refuse(forwarded, isGone ? 504 : 503);
        if (!isGone && NextHops.TryAnew(_lane, forwarded.To.Dialog, forwarded.To.Flow, out var anew) && forwarded.To.Flow.Connection != 0)
        {
            forwarded.To.Flow = anew;
        }

        _isOver |= isGone && forwarded.Method == SipMethod.Notify;
        ForgetIfOver();
    }

    private void Refuse(ForwardedRequest forwarded, int status)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, forwarded.ResponseFields.Span, status, default);
        writer.Finish(default);
        _lane.Transactions.Respond(forwarded.Asked, status, writer.Written);
        _lane.Lane.Octets.Drop(ref forwarded.ResponseFields);
    }

    private bool HasRoomForRequest
    {
        get
        {
            var count = 0;
            for (var forwarded = _forwarded; forwarded is not null; forwarded = forwarded.Next)
            {
                count++;
            }

            return count < MostForwarded;
        }
    }

    private ForwardedRequest? Take(TransactionId transaction)
    {
        ForwardedRequest? before = null;
        for (var forwarded = _forwarded; forwarded is not null; before = forwarded, forwarded = forwarded.Next)
        {
            if (forwarded.Asking == transaction)
            {
                _forwarded = before is null ? forwarded.Next : _forwarded;
                if (before is not null)
                {
                    before.Next = forwarded.Next;
                }

                return forwarded;
            }
        }

        return null;
    }

    private void DropForwarded(int status)
    {
        for (; _forwarded is { } forwarded; _forwarded = forwarded.Next)
        {
            Refuse(forwarded, status);
        }
    }
}
