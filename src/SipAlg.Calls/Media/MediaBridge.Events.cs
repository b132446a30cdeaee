using SipAlg.Calls.Model;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>What becomes of a digit that came in INFO.</summary>
internal enum DigitFate : byte
{
    /// <summary>It is not converted: no telephone events were agreed on with the other side.</summary>
    Crosses,

    /// <summary>It is sent as telephone event.</summary>
    Sent,

    /// <summary>The other side does not receive now.</summary>
    NotTaken,

    /// <summary>Too many wait already.</summary>
    TooMany,
}

/// <content>
/// Telephone events (RFC 4733) where one side has its digits in INFO: the other side's streams have them, that side's do not.
/// Streams that are encrypted pass from end to end, so nothing is converted in them.
/// </content>
internal sealed partial class MediaBridge
{
    /// <summary>The side that has its digits in INFO; −1 where nothing is converted.</summary>
    private readonly int _infoSide = InfoSideOf(caller.Face.Side.Dtmf, callee.Face.Side.Dtmf);
    private EventAgreement[]? _events;

    /// <summary>Whether this side's digits come and go in INFO while the other's do not.</summary>
    public bool HasDigitsInInfo(int side) => side == _infoSide;

    /// <summary>A digit that came in INFO from one side.</summary>
    public DigitFate Put(int from, DtmfDigit digit)
    {
        var fate = DigitFate.Crosses;
        if (from != _infoSide || _events is null || Face(0).Partner != Face(1))
        {
            return fate;
        }

        for (var index = 0; index < _events.Length; index++)
        {
            ref readonly var events = ref _events[index];
            if (!_streams[index].IsAccepted || events.Wanted is null)
            {
                continue;
            }

            if (events.IsTaking)
            {
                return lane.Relay.TryPut(Face(from).Port(index), digit) ? DigitFate.Sent : DigitFate.TooMany;
            }

            fate = DigitFate.NotTaken;
        }

        return fate;
    }

    private static int InfoSideOf(DtmfMode caller, DtmfMode callee) => (caller, callee) switch
    {
        (DtmfMode.Info, DtmfMode.Rfc4733) => 0,
        (DtmfMode.Rfc4733, DtmfMode.Info) => 1,
        _ => -1,
    };

    /// <summary>An offer: to the side with events it shows them, also where the other has none; to the side without it does not.</summary>
    private void OfferEvents(int from, SdpDescription offer, int index, bool isRelayed, SdpCodecFilter? codecs)
    {
        if (_infoSide < 0)
        {
            return;
        }

        if (_events is null || _events.Length < _streams.Length)
        {
            Array.Resize(ref _events, _streams.Length);
        }

        ref var events = ref _events[index];
        (events.Offered, events.Change) = (default, default);
        events.IsOfferPlain = isRelayed && offer.Media(index).IsAudio && offer.Media(index).Transport.IsPlainRtp();
        if (!events.IsOfferPlain)
        {
            return;
        }

        if (from == _infoSide)
        {
            var own = Kept(SdpEvents.Find(offer, index), index, codecs);
            events.Offered = own.IsEmpty ? SdpEvents.Choose(offer, index) : own;
            events.Change = new SdpEventChange(false, own.IsEmpty ? events.Offered : default);
        }
        else
        {
            (events.Offered, events.IsOfferTaking) = (SdpEvents.Find(offer, index), IsTaking(offer.Media(index)));
            events.Change = new SdpEventChange(true, default);
        }
    }

    /// <summary>Events that a peer may not have itself are still made for the one that has its digits in them.</summary>
    private static TelephoneEventFormats Kept(in TelephoneEventFormats formats, int index, SdpCodecFilter? codecs)
    {
        TelephoneEventFormats kept = default;
        for (var n = 0; n < formats.Count; n++)
        {
            if (codecs is null || codecs.Keeps(index, formats[n].PayloadType))
            {
                kept.Add(formats[n]);
            }
        }

        return kept;
    }

    /// <summary>An answer: events are agreed on if both the offer and the answer have them, as the side with events sees it.</summary>
    private void AgreeOnEvents(int from, SdpDescription answer, int index)
    {
        if (_events is null)
        {
            return;
        }

        ref var events = ref _events[index];
        events.IsPlain = events.IsOfferPlain && SdpEvents.IsPlainAudio(answer, index);
        (events.Sent, events.Wanted, events.Change) = (default, null, default);
        if (!events.IsPlain)
        {
            return;
        }

        // RFC 3264 §5.1, §6.1: who sends uses the numbers of who receives.
        var isFromInfo = from == _infoSide;
        var theirs = isFromInfo ? SdpEvents.Fitting(answer, index, events.Offered) : SdpEvents.Find(answer, index);
        events.ClockRate = SdpEvents.ClockRate(answer, index);
        events.IsTaking = isFromInfo ? events.IsOfferTaking : IsTaking(answer.Media(index));
        events.Change = new SdpEventChange(true, isFromInfo ? theirs : default);
        if (!theirs.IsEmpty && !events.Offered.IsEmpty)
        {
            events.Sent = isFromInfo ? theirs : events.Offered;
            events.Wanted = theirs.For(events.ClockRate);
        }
    }

    /// <summary>Tells the relay what was agreed on.</summary>
    private void ConvertEvents(int index)
    {
        if (_events is null)
        {
            LeaveEvents(index);
            return;
        }

        ref readonly var events = ref _events[index];
        var (without, with) = (Face(_infoSide), Face(1 - _infoSide));
        if (!events.IsPlain)
        {
            without.LeaveEvents(index);
            with.LeaveEvents(index);
            return;
        }

        lane.Relay.PutEvents(without.Port(index), events.Wanted, events.ClockRate);
        if (with.Heard is { } heard)
        {
            lane.Relay.TakeEvents(with.Port(index), events.Sent, heard);
        }
    }

    private static bool IsTaking(in SdpMedia media) => (media.Direction & SdpDirection.RecvOnly) != 0 && !media.HasHoldAddress;

    private int WriteWithEvents(SdpDescription description, in SdpOrigin origin, ReadOnlySpan<SdpStream> streams, SdpCodecFilter? codecs, Span<byte> destination)
    {
        if (_events is null)
        {
            return SdpRewriter.Write(description, origin, streams, destination, codecs);
        }

        var changes = lane.EventChanges.AsSpan(0, streams.Length);
        for (var index = 0; index < changes.Length; index++)
        {
            changes[index] = index < _events.Length && streams[index].Port != 0 ? _events[index].Change : default;
        }

        var length = SdpRewriter.Write(description, origin, streams, lane.Draft, codecs);
        return length < 0 ? length : SdpEventEdit.Write(lane.Draft.AsSpan(0, length), changes, destination);
    }
}
