using System.Text;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>
/// What who asked for a transfer is told of it: 202, then a NOTIFY for each step (RFC 3515 §2.4.4). The subscription outlives the
/// BYE of its leg (RFC 5057 §4.1), until the far side refuses a NOTIFY.
/// </content>
internal sealed partial class Call
{
    /// <summary>Beyond the time that targets may ring; seconds.</summary>
    private const int ReportReserve = 60;

    private void AcceptRefer(Leg leg, TransactionId transaction, SipMessage refer, in Flow flow)
    {
        var isSilent = Ascii.EqualsIgnoreCase(refer.First(HeaderId.ReferSub).Trim(" \t"u8), "false"u8);
        leg.Reports = new ReferReports(refer.CSeq, isNamed: leg.Reports is not null, isSilent);
        var writer = new MessageWriter(_lane.Output);
        ResponseHead.Write(ref writer, refer, flow, 202, default, default);
        LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, _lane.Shown(leg.Flow), leg.Dialog.IsSips);
        if (isSilent)
        {
            // RFC 4488 §4: it says that there is no subscription.
            writer.Write("Refer-Sub: false\r\n"u8);
        }

        writer.Finish(default);
        _lane.Transactions.Respond(transaction, 202, writer.Written);
    }

    /// <summary>Tells how the transfer fares that the leg's far side asked for; what is told meanwhile is left out.</summary>
    /// <param name="leg">Whose REFER it was.</param>
    /// <param name="status">Of the call to the target; from 200 on nothing follows.</param>
    private void Report(Leg leg, int status)
    {
        if (leg.Reports is { IsOver: false } reports && reports.Status < 200)
        {
            reports.Status = status;
            TellReport(leg, reports);
        }
    }

    private void TellReport(Leg leg, ReferReports reports)
    {
        // Behind a BYE that has no answer it might overtake that, which would be refused then (RFC 3261 §12.2.2: 500).
        var isByeOpen = leg is { State: LegState.Leaving, Bye.IsNone: false };
        if (reports is { IsOver: false, Pending.IsNone: true } && reports.Told != reports.Status && !isByeOpen)
        {
            SendReport(leg, reports);
        }
    }

    /// <param name="leg">Whose REFER it was.</param>
    /// <param name="reports">What is told; with the target's final answer the subscription is over (RFC 3515 §2.4.7).</param>
    /// <param name="isUnsubscribed">This is the last one, asked for as such (RFC 6665 §4.1.3).</param>
    private void SendReport(Leg leg, ReferReports reports, bool isUnsubscribed = false)
    {
        var end = isUnsubscribed ? "terminated;reason=timeout"u8 : reports.Status >= 200 ? "terminated;reason=noresource"u8 : default;
        reports.Told = reports.Status;
        reports.IsOver = !end.IsEmpty;
        var writer = new MessageWriter(_lane.Output);
        reports.Pending = BeginOwn(ref writer, leg, SipMethod.Notify, LegPart.Report);
        LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, _lane.Shown(leg.Flow), leg.Dialog.IsSips);
        WriteSubscription(ref writer, reports, end);
        Span<byte> fragment = stackalloc byte[128];
        LegMessages.Finish(ref writer, "message/sipfrag;version=2.0"u8, fragment[..WriteFragment(fragment, reports.Status)]);
        _lane.ClientRequests.Send(reports.Pending, leg, _lane.Output.AsSpan(0, writer.Length), FixesTransport(leg));
    }

    private void WriteSubscription(ref MessageWriter writer, ReferReports reports, ReadOnlySpan<byte> end)
    {
        writer.Write("Event: refer"u8);
        if (reports.IsNamed)
        {
            writer.Write(";id="u8);
            writer.Write(reports.Sequence);
        }

        writer.EndLine();
        writer.Write("Subscription-State: "u8);
        if (end.IsEmpty)
        {
            writer.Write("active;expires="u8);
            writer.Write((long)_lane.Room.Model.Calls.NoAnswer.TotalSeconds + ReportReserve);
        }
        else
        {
            writer.Write(end);
        }

        writer.EndLine();
    }

    private static int WriteFragment(Span<byte> fragment, int status)
    {
        var writer = new MessageWriter(fragment);
        writer.Write("SIP/2.0 "u8);
        writer.Write(status);
        writer.Write((byte)' ');
        writer.Write(StatusPhrases.Of(status));
        writer.EndLine();
        return writer.Length;
    }

    /// <param name="notify">Which of our NOTIFYs.</param>
    /// <param name="status">Its answer; 0: none came.</param>
    private void OnReportAnswer(TransactionId notify, int status)
    {
        var leg = LegWhere(leg => leg.Reports?.Pending == notify) ?? _departed?.Find(leg => leg.Reports?.Pending == notify);
        if (leg?.Reports is not { } reports)
        {
            return;
        }

        reports.Pending = default;

        // RFC 6665 §4.2.2: who does not take a NOTIFY is not subscribed any more.
        reports.IsOver |= status is 0 or >= 300;
        if (!reports.IsOver)
        {
            TellReport(leg, reports);
        }
    }

    /// <summary>The subscription that a REFER made is asked for again, or ended (RFC 3515 §2.4.4).</summary>
    /// <returns>False if it is none of ours.</returns>
    private bool TrySubscribe(Leg leg, TransactionId transaction, SipMessage subscribe, in Flow flow)
    {
        var name = subscribe.First(HeaderId.Event);
        if (leg.Reports is not { } reports || !EventValue.Is(name, "refer"u8) || (EventValue.TryId(name, out var id) && id != reports.Sequence))
        {
            return false;
        }

        if (reports.IsOver)
        {
            RefuseRequest(transaction, subscribe, flow, 481);
            return true;
        }

        var isEnded = subscribe.First(HeaderId.Expires).SequenceEqual("0"u8);
        var writer = new MessageWriter(_lane.Output);
        ResponseHead.Write(ref writer, subscribe, flow, 200, default, default);
        LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, _lane.Shown(leg.Flow), leg.Dialog.IsSips);
        writer.Field("Expires"u8, isEnded ? 0 : (long)_lane.Room.Model.Calls.NoAnswer.TotalSeconds + ReportReserve);
        writer.Finish(default);
        _lane.Transactions.Respond(transaction, 200, writer.Written);
        SendReport(leg, reports, isEnded);
        return true;
    }
}
