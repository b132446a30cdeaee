using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Subscriptions;

/// <content>Ending it from our side, on both.</content>
internal sealed partial class Subscription
{
    /// <summary>Seconds after which a subscriber may come again, and over how many more they are spread: thousands come at once.</summary>
    private const int RetryAfter = 5;
    private const int RetrySpread = 30;

    public override void HangUp(CallCause cause)
    {
        if (!_isOver)
        {
            Cancel("probation"u8);
        }
    }

    /// <summary>RFC 6665 §4.2.2, §4.1.2.3: a last NOTIFY to the subscriber, and a SUBSCRIBE that takes the subscription back.</summary>
    /// <param name="reason">RFC 6665 §4.1.3.</param>
    private void Cancel(ReadOnlySpan<byte> reason)
    {
        _isOver = _isCancelled = true;
        _lane.Lane.Timers.Cancel(_timer);
        DropForwarded(481);
        if (_search is { } search)
        {
            search.Refuse(503, default, NextTry());
            search.End?.Terminate();
            search.Drop();
            _search = null;
            _lane.ForgetInvite(_key);
        }
        else
        {
            Send(_subscriber, SipMethod.Notify, reason);
            if (_notifier is { Dialog.RemoteTag.IsEmpty: false } notifier)
            {
                Send(notifier, SipMethod.Subscribe, default);
            }
        }

        ForgetIfOver();
    }

    private int NextTry() => RetryAfter + (int)(_lane.Lane.Secrets.Next() % RetrySpread);

    /// <summary>Sends a request of our own that ends the subscription at this end.</summary>
    private void Send(DialogEnd end, SipMethod method, ReadOnlySpan<byte> reason)
    {
        var shown = _lane.Shown(end.Flow);
        var transaction = _lane.Transactions.Reserve(method, Owner(RequestPart.Own));
        var writer = new MessageWriter(_lane.Output);
        end.Dialog.WriteRequest(ref writer, method, ++end.Dialog.LocalSequence, 70, LegMessages.ViaOf(_lane.Transactions, transaction, end.Flow, shown));
        LegMessages.WriteContact(ref writer, IdOf(end), end.Flow, shown, end.Dialog.IsSips);
        writer.Field("Event"u8, _event);
        if (method == SipMethod.Subscribe)
        {
            writer.Write("Expires: 0\r\n"u8);
        }
        else
        {
            writer.Write("Subscription-State: terminated;reason="u8);
            writer.Write(reason);
            writer.Write(";retry-after="u8);
            writer.Write(NextTry());
            writer.EndLine();
        }

        writer.Finish(default);
        _ownRequests++;
        _lane.ClientRequests.Send(transaction, end, _lane.Output.AsSpan(0, writer.Length), FixesTransport(end));
    }

    private void OnOwnOver()
    {
        _ownRequests--;
        ForgetIfOver();
    }
}
