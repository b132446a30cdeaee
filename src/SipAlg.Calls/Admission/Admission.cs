using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Admission;

/// <summary>
/// Requests outside a dialog: who may ask at all, what can be understood (RFC 3261 §8.2), and which of it becomes a call.
/// </summary>
internal sealed partial class Admission(CallLane lane)
{
    private const int RetryAfterSeconds = 5;

    /// <summary>What a request may require.</summary>
    private const SipExtensions Known = SipExtensions.Reliable | SipExtensions.Timer | SipExtensions.Replaces | SipExtensions.Privacy;

    public void OnRequest(TransactionId transaction, SipMessage request, in Flow flow)
    {
        if (lane.Lane.Network.IsClosing(flow.Listener) && request.Method != SipMethod.Bye)
        {
            RefuseAtClosing(transaction, request, flow);
            return;
        }

        var realm = lane.Lane.Group(flow.Listener);
        _ = SipUri.TryParse(request[request.RequestUri], out var uri);
        if (request.Method == SipMethod.Register && lane.Room.Model.Realms[realm] is { Authentication: { } domain } registering)
        {
            OnRegister(transaction, request, flow, registering, domain);
            return;
        }

        if (request.Method == SipMethod.Register && lane.Room.Model.Realms[realm] is { Relay: { } settings } relaying)
        {
            OnRelayed(transaction, request, flow, relaying, settings);
            return;
        }

        if (!TrySender(transaction, request, uri, flow, out var sender))
        {
            return;
        }

        if (uri.Scheme == UriScheme.Sips && flow.Transport != Transport.Tls)
        {
            // RFC 3261 §26.2.2: it has come by a hop that such a URI does not allow.
            lane.Refuse(transaction, request, flow, 416, RefusalReason.Scheme, "Unsupported URI Scheme: sips takes TLS"u8);
            return;
        }

        switch (request.Method)
        {
            case SipMethod.Invite or SipMethod.Options when !uri.IsSip && uri.Scheme != UriScheme.Tel:
                lane.Refuse(transaction, request, flow, 416, RefusalReason.Scheme);
                break;
            case SipMethod.Invite when AreExtensionsKnown(transaction, request, flow):
                OnInvite(transaction, request, flow, sender);
                break;
            case SipMethod.Options when RelayRoutes.OfContact(lane.Room.Model, sender.Peer?.Peer, uri.User) is not null:
                // A registrar that asks how a phone is (Asterisk's "qualify") means the phone.
                OnOther(transaction, request, uri, flow, sender);
                break;
            case SipMethod.Options when AreExtensionsKnown(transaction, request, flow):
                AnswerOptions(transaction, request, flow, default);
                break;
            case SipMethod.Message or SipMethod.Subscribe or SipMethod.Notify or SipMethod.Publish or SipMethod.Refer or SipMethod.Info or SipMethod.Unknown:
                OnOther(transaction, request, uri, flow, sender);
                break;
            case SipMethod.Bye:
                lane.Refuse(transaction, request, flow, 481, RefusalReason.UnknownDialog);
                break;
            case SipMethod.Invite or SipMethod.Options:
                break;
            default:
                RefuseMethod(transaction, request, flow, default);
                break;
        }
    }

    /// <summary>RFC 3261 §8.2.1: a known method that is not served here 405, an unknown one 501; both say what is.</summary>
    /// <param name="transaction">The request's.</param>
    /// <param name="request">Outside a dialog, or in one.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="other">What the other side of its dialog takes besides.</param>
    public void RefuseMethod(TransactionId transaction, SipMessage request, in Flow flow, MethodSet other)
    {
        var status = request.Method == SipMethod.Unknown ? 501 : 405;
        lane.Refused(transaction, request, flow, status, RefusalReason.Method);
        var writer = Begin(request, flow, status);
        WriteAllow(ref writer, request, flow, other);
        writer.Finish(default);
        if (lane.PeerAt(flow) is null)
        {
            lane.Transactions.RespondOnce(transaction, status, writer.Written);
        }
        else
        {
            lane.Transactions.Respond(transaction, status, writer.Written);
        }
    }

    /// <summary>RFC 3261 §8.2.2.3: Require (and, of what goes on, Proxy-Require) names an extension that is not served.</summary>
    public bool AreExtensionsKnown(TransactionId transaction, SipMessage request, in Flow flow, SipExtensions known = Known)
    {
        var asked = OptionTags.In(request, HeaderId.Require) | OptionTags.In(request, HeaderId.ProxyRequire);
        if ((asked & ~known) == SipExtensions.None)
        {
            return true;
        }

        lane.Refused(transaction, request, flow, 420, RefusalReason.Extension);
        var writer = Begin(request, flow, 420);
        WriteUnsupported(ref writer, request, HeaderId.Require, known);
        WriteUnsupported(ref writer, request, HeaderId.ProxyRequire, known);
        writer.Finish(default);
        lane.Transactions.Respond(transaction, 420, writer.Written);
        return false;
    }

    private static void WriteUnsupported(ref MessageWriter writer, SipMessage request, HeaderId id, SipExtensions known)
    {
        for (var index = request.TryFirst(id, out var first) ? first : -1; index >= 0; index = request.Next(index))
        {
            foreach (var tag in new ValueList(request[request.Fields[index].Value]))
            {
                if ((OptionTags.Find(tag) & ~known) != SipExtensions.None)
                {
                    writer.Field("Unsupported"u8, tag);
                }
            }
        }
    }

    /// <summary>RFC 3261 §11.2; 503 while draining, so that balancers move on.</summary>
    /// <param name="transaction">The request's.</param>
    /// <param name="request">Outside a dialog, or in one.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="other">What the other side of its dialog takes besides.</param>
    public void AnswerOptions(TransactionId transaction, SipMessage request, in Flow flow, MethodSet other)
    {
        // In a dialog it asks whether the call stands, which it does until its end.
        var isDraining = lane.IsDraining && request.ToTag.IsEmpty;
        var status = isDraining ? 503 : 200;
        var writer = Begin(request, flow, status);
        if (isDraining)
        {
            writer.Field("Retry-After"u8, RetryAfterSeconds);
        }

        WriteAllow(ref writer, request, flow, other);
        WriteAccept(ref writer);
        LegMessages.WriteSupported(ref writer, isReliable: true);
        writer.Finish(default);
        lane.Transactions.Respond(transaction, status, writer.Written);
    }

    private MessageWriter Begin(SipMessage request, in Flow flow, int status)
    {
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var writer = new MessageWriter(lane.Output);
        ResponseHead.Write(ref writer, request, flow, status, default, tag[..lane.Lane.MintId(0).Format(tag)]);
        return writer;
    }

    private void OnInvite(TransactionId transaction, SipMessage invite, in Flow flow, in Sender sender)
    {
        if (invite.MaxForwards == 0)
        {
            // RFC 3261 §16.3; a B2BUA that did not count would keep loops going for ever.
            lane.Refuse(transaction, invite, flow, 483, RefusalReason.TooManyHops);
            return;
        }

        if (!BodyCrossing.IsKnown(invite))
        {
            RefuseBody(transaction, invite, flow);
            return;
        }

        if (SessionRequest.Of(invite).IsTooShort)
        {
            RefuseInterval(transaction, invite, flow);
            return;
        }

        var decision = lane.Routes.Find(invite, flow, sender);
        var isEmergency = decision.Route is { IsEmergency: true };
        if (lane.IsDraining && !isEmergency)
        {
            RefuseForNow(transaction, invite, flow, RefusalReason.Draining);
            return;
        }

        if (lane.IsOnTrial && !isEmergency)
        {
            RefuseForNow(transaction, invite, flow, RefusalReason.Overload);
            return;
        }

        if (TryChallenge(transaction, invite, flow, sender, decision))
        {
            return;
        }

        if (decision.Route?.Filter.TakesBody(invite) == false)
        {
            RefuseBody(transaction, invite, flow);
            return;
        }

        if (!TryCharge(invite, sender, decision, isEmergency, out var charge, out var breach))
        {
            lane.RefuseByAccount(transaction, invite, flow, breach!);
            return;
        }

        if (sender.Peer is { } peer && !peer.TryBegin(lane.Room.Time, isEmergency))
        {
            charge?.End();
            RefuseForNow(transaction, invite, flow, RefusalReason.PeerLimit);
            return;
        }

        if (!Call.TryBegin(lane, transaction, invite, flow, sender, decision, charge))
        {
            charge?.End();
            sender.Peer?.End();
            lane.Refuse(transaction, invite, flow, 482, RefusalReason.Merged);
        }
    }

    /// <summary>Whether who calls may begin another call to this number; of an emergency, or of what goes nowhere, nothing is counted.</summary>
    private bool TryCharge(SipMessage invite, in Sender sender, RouteDecision decision, bool isEmergency, out CallCharge? charge, out LimitBreach? breach)
    {
        (charge, breach) = (null, null);
        var peer = sender.Peer is { } state ? lane.Room.Model.Peers[state.Peer.Index] : null;
        if (isEmergency || decision.Rejection is not null || (sender.User is { } user ? user.Fraud : peer?.Fraud) is null)
        {
            return true;
        }

        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        called = called[..CallNumbers.Called(invite, sender.Peer, called)];
        breach = lane.Room.Ledger.TryBegin(sender.User, peer, called, decision.Called, out charge);
        return breach is null;
    }

    /// <summary>The listener is configured no more. Nothing is kept of it: it may be anybody's.</summary>
    private void RefuseAtClosing(TransactionId transaction, SipMessage request, in Flow flow)
    {
        lane.Refused(transaction, request, flow, 503, RefusalReason.ListenerClosing);
        var writer = Begin(request, flow, 503);
        writer.Field("Retry-After"u8, RetryAfterSeconds);
        writer.Finish(default);
        lane.Transactions.RespondOnce(transaction, 503, writer.Written);
    }

    private void RefuseForNow(TransactionId transaction, SipMessage invite, in Flow flow, RefusalReason reason)
    {
        lane.Refused(transaction, invite, flow, 503, reason);
        lane.Transactions.Respond(transaction, 503, ForNow(invite, flow));
    }

    private ReadOnlySpan<byte> ForNow(SipMessage request, in Flow flow)
    {
        var writer = Begin(request, flow, 503);
        writer.Field("Retry-After"u8, RetryAfterSeconds);
        writer.Finish(default);
        return writer.Written;
    }

    /// <summary>RFC 3261 §8.2.3: 415 says which bodies are taken; of a request that only goes on any kind, but none that is encoded.</summary>
    public void RefuseBody(TransactionId transaction, SipMessage request, in Flow flow)
    {
        lane.Refused(transaction, request, flow, 415, RefusalReason.BadBody);
        var writer = Begin(request, flow, 415);
        if (request.Method is SipMethod.Invite or SipMethod.Update or SipMethod.Prack)
        {
            WriteAccept(ref writer);
        }
        else
        {
            writer.Field("Accept-Encoding"u8, "identity"u8);
        }

        writer.Finish(default);
        lane.Transactions.Respond(transaction, 415, writer.Written);
    }

    /// <summary>RFC 4028 §9: 422 says which session interval is long enough.</summary>
    private void RefuseInterval(TransactionId transaction, SipMessage invite, in Flow flow)
    {
        lane.Refused(transaction, invite, flow, 422, RefusalReason.SessionInterval);
        var writer = Begin(invite, flow, 422);
        writer.Field("Min-SE"u8, SessionExpires.Least);
        writer.Finish(default);
        lane.Transactions.Respond(transaction, 422, writer.Written);
    }

    private static void WriteAccept(ref MessageWriter writer)
    {
        writer.Field("Accept"u8, "application/sdp, multipart/mixed"u8);
        writer.Field("Accept-Encoding"u8, "identity"u8);
    }
}
