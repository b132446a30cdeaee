using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>Digits between a side that has them in INFO and one that has them in RTP (RFC 4733).</content>
internal sealed partial class Call
{
    /// <summary>Digits that wait for the one before to be answered; beyond that they are lost.</summary>
    private const int MostDigits = 32;

    private HeardDigits? _listener;
    private Queue<(DtmfDigit Digit, int To)>? _digits;

    /// <summary>The INFO that has no final answer yet, and its digit.</summary>
    private TransactionId _telling;
    private DtmfDigit _told;
    private Leg? _toldTo;

    /// <summary>INFO with the bare digit: the far side knows no other.</summary>
    private bool _tellsBare;
    private bool _hasTriedBoth;

    /// <summary>Who is called when a far side that sends telephone events has sent one.</summary>
    private Action? ListenerFor(in MediaSide side) =>
        side.Dtmf == DtmfMode.Rfc4733 ? (_listener ??= new HeardDigits(_lane, Slot, _generation)).Signal : null;

    /// <summary>What a leg may send: what its partner takes, and INFO if its digits are converted.</summary>
    private static MethodSet AllowedTowards(Leg leg) => AllowedTowards(leg.Index, leg.Media, AllowTowards(leg));

    private static MethodSet AllowedTowards(int side, MediaBridge? media, MethodSet other) =>
        media?.HasDigitsInInfo(side) == true ? other.With(SipMethod.Info) : other;

    // ---- INFO to telephone events

    /// <summary>A digit in INFO for a side that takes telephone events. False: the request crosses.</summary>
    private bool TryTakeDigit(Leg leg, TransactionId transaction, SipMessage request, in Flow flow)
    {
        if (request.Method != SipMethod.Info || leg.Media is not { } media || !media.HasDigitsInInfo(leg.Index) ||
            !DtmfInfo.TryRead(request.First(HeaderId.ContentType), request.BodyOctets, out var digit))
        {
            return false;
        }

        var fate = media.Put(leg.Index, digit);
        switch (fate)
        {
            case DigitFate.Crosses:
                return false;
            case DigitFate.Sent:
                _lane.Transactions.Reply(transaction, request, flow, 200);
                break;
            default:
                RefuseRequest(transaction, request, flow, fate == DigitFate.NotTaken ? 480 : 500);
                break;
        }

        if (leg.Partner is { } other)
        {
            _lane.Counters.CountDigits(other.Realm, DigitDirection.ToRfc4733, isLost: fate != DigitFate.Sent);
        }

        return true;
    }

    // ---- telephone events to INFO

    /// <summary>The relay has heard digits; which, is asked of each face.</summary>
    public void OnDigitsHeard()
    {
        if (_isAttempt)
        {
            // Its caller's digits are those of another call, and so will its callee's be.
            return;
        }

        Hear(_callerFace, CalleeIndex);
        for (var branch = _branches; branch is not null; branch = branch.Next)
        {
            Hear(branch.Face, CallerIndex);
        }

        if (_calleeFace is { } face)
        {
            Hear(face, CallerIndex);
        }

        TellDigits();
    }

    private void Hear(MediaFace face, int to)
    {
        while (face.TryHear(out var digit))
        {
            _digits ??= new Queue<(DtmfDigit, int)>();
            if (_digits.Count < MostDigits)
            {
                _digits.Enqueue((digit, to));
            }
            else
            {
                CountTold(to, isLost: true);
            }
        }
    }

    /// <summary>One INFO at a time, so that digits arrive in order.</summary>
    private void TellDigits()
    {
        while (_telling.IsNone && _digits is { Count: > 0 })
        {
            (_told, var to) = _digits.Dequeue();
            _hasTriedBoth = false;
            if (DigitsGoTo(to) is { } leg)
            {
                TellDigit(leg);
            }
            else
            {
                CountTold(to, isLost: true);
            }
        }
    }

    /// <summary>The leg of a side that hears of digits: before the answer the one whose early media flows.</summary>
    private Leg? DigitsGoTo(int side)
    {
        var caller = _caller;
        while (_phase == CallPhase.Setup && caller is { HasAnswer: false, Next: not null })
        {
            caller = caller.Next;
        }

        var leg = side == CallerIndex ? caller : caller.Partner;
        return leg is { State: LegState.Early or LegState.Confirmed, Dialog.RemoteTag.IsEmpty: false } ? leg : null;
    }

    private void TellDigit(Leg leg)
    {
        Span<byte> body = stackalloc byte[DtmfInfo.MaxLength];
        _toldTo = leg;
        var writer = new MessageWriter(_lane.Output);
        _telling = BeginOwn(ref writer, leg, SipMethod.Info, LegPart.Digit);
        LegMessages.Finish(ref writer, _tellsBare ? DtmfInfo.BareType : DtmfInfo.RelayType, body[..DtmfInfo.Write(_told, _tellsBare, body)]);
        _lane.ClientRequests.Send(_telling, leg, _lane.Output.AsSpan(0, writer.Length), FixesTransport(leg));
    }

    private void OnDigitAnswered(TransactionId transaction, int status)
    {
        if (status < 200 || transaction != _telling || _toldTo is not { } leg)
        {
            return;
        }

        _telling = default;
        if (status == 415 && !_hasTriedBoth && leg.State is LegState.Early or LegState.Confirmed)
        {
            _hasTriedBoth = true;
            _tellsBare = !_tellsBare;
            TellDigit(leg);
            return;
        }

        CountTold(leg.Index, isLost: status >= 300);
        TellDigits();
    }

    private void CountTold(int to, bool isLost, long count = 1) => _lane.Counters.CountDigits(RealmAt(to), DigitDirection.ToInfo, isLost, count);

    private int RealmAt(int side) => side == CallerIndex ? _caller.Realm : _callee?.Realm ?? _branches?.Target.Realm ?? _caller.Realm;

    /// <summary>The ports of a side go: what its streams had not told, and what they were to tell, is lost.</summary>
    private void CountLost(int side, MediaFace? face)
    {
        if (face is not null)
        {
            CountTold(1 - side, isLost: true, face.LostDigits());
            _lane.Counters.CountDigits(RealmAt(1 - side), DigitDirection.ToRfc4733, isLost: true, face.UnsentDigits());
        }
    }

    /// <summary>The call is over: nobody hears of digits any more.</summary>
    private void DropDigits()
    {
        if (_isAttempt)
        {
            return;
        }

        CountLost(CallerIndex, _callerFace);
        CountLost(CalleeIndex, CalleeFace);
        if (!_telling.IsNone)
        {
            CountTold(_toldTo!.Index, isLost: true);
        }

        foreach (var (_, to) in _digits ?? [])
        {
            CountTold(to, isLost: true);
        }

        _digits = null;
        _telling = default;
    }
}
