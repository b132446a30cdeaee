using SipAlg.Media;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

internal enum BridgeResult : byte
{
    Done,

    /// <summary>No media port could be had.</summary>
    NoPorts,

    /// <summary>No description, or one that cannot be read.</summary>
    Malformed,

    /// <summary>The rewritten description does not fit a message.</summary>
    TooLarge,

    /// <summary>No stream has a codec that both sides may use.</summary>
    NoCodec,

    /// <summary>A side's streams have no keys that can be used where it must have some, or have some where it may not.</summary>
    NoSrtp,
}

/// <summary>One side of a bridge: its ports, and the o= line that its dialog sees.</summary>
internal readonly record struct MediaEnd(MediaFace Face, SessionOrigin Origin);

/// <summary>
/// The session between two dialogs of a call. It rewrites offers and answers on their way and aims the ports of both faces by them
/// (RFC 3264). Side 0 is the caller, side 1 the callee. A call that forks has a bridge for each pair of early dialogs; the media of
/// one of them flows at a time.
/// </summary>
internal sealed partial class MediaBridge(MediaLane lane, MediaEnd caller, MediaEnd callee)
{
    private MediaStream[] _streams = [];
    private bool _isAnswered;
    private bool _isSettled;
    private bool _isOpen;

    /// <summary>Which codecs the two sides may use; null for all.</summary>
    public SessionCodecs? Codecs { get; init; }

    /// <summary>The description that is crossed next may not name its sender (RFC 3323 §5.3); set before each.</summary>
    public bool IsConcealed { get; set; }

    /// <summary>What its streams are to do.</summary>
    public MediaAgreement Agreement
    {
        get
        {
            var (isHeld, isQuiet) = (false, false);
            foreach (ref readonly var stream in _streams.AsSpan())
            {
                var isFlowing = stream.IsAccepted && stream.Flows(0) && stream.Flows(1);
                if (isFlowing && stream.IsSteady)
                {
                    return MediaAgreement.Active;
                }

                isQuiet |= isFlowing;
                isHeld |= stream.IsAccepted;
            }

            return isHeld && !isQuiet ? MediaAgreement.Held : MediaAgreement.None;
        }
    }

    private MediaEnd End(int side) => side == 0 ? caller : callee;

    private MediaFace Face(int side) => End(side).Face;

    /// <summary>This bridge as dialogs with these o= lines have it: itself, or one more that comes of the same offer.</summary>
    public MediaBridge For(SessionOrigin callerOrigin, SessionOrigin calleeOrigin)
    {
        if (caller.Origin == callerOrigin && callee.Origin == calleeOrigin)
        {
            return this;
        }

        return Fork(callerOrigin, calleeOrigin);
    }

    /// <summary>What was offered, with nothing answered yet.</summary>
    public MediaBridge Fork(SessionOrigin callerOrigin, SessionOrigin calleeOrigin)
    {
        var fork = new MediaBridge(lane, caller with { Origin = callerOrigin }, callee with { Origin = calleeOrigin }) { _streams = [.. _streams], Codecs = Codecs, Known = Known, _events = _events is null ? null : [.. _events], _security = _security is null ? null : [.. _security] };
        foreach (ref var stream in fork._streams.AsSpan())
        {
            stream.IsAccepted = false;
        }

        return fork;
    }

    /// <summary>
    /// Takes an offer from one side and writes it for the other. A first offer is aimed at at once, for early media; a later one
    /// only when it is answered, since it may be refused.
    /// </summary>
    public BridgeResult Offer(int from, SdpDescription offer, Span<byte> destination, out int length)
    {
        length = 0;
        var codecs = Filter(1 - from, offer, isOffer: true);
        if (codecs is not null && HasNoCodec(offer, codecs))
        {
            return BridgeResult.NoCodec;
        }

        if (LacksKeys(from, offer, isOffer: true))
        {
            return BridgeResult.NoSrtp;
        }

        _isOpen = true;
        if (_streams.Length < offer.MediaCount)
        {
            Array.Resize(ref _streams, offer.MediaCount);
        }

        OwnFace(from)?.StayInFamily();
        var written = lane.Streams.AsSpan(0, offer.MediaCount);
        for (var index = 0; index < written.Length; index++)
        {
            ref var stream = ref _streams[index];
            written[index] = default;
            stream.IsOffered = IsRelayed(offer.Media(index)) && codecs?.IsRefused(index) != true;
            stream.IsOffered &= OfferKeys(from, offer, index);
            OfferMux(ref stream, from, offer.Media(index));
            stream.Kind = StreamFigures.KindOf(offer.Bytes(offer.Media(index).Type));
            stream.OfferedDirection = DirectionOf(offer.Media(index));
            OfferEvents(from, offer, index, stream.IsOffered, codecs);
            if (!stream.IsOffered)
            {
                continue;
            }

            OwnFace(from)?.Follow(index, Face(from).Side.ReceivedAt(offer.Media(index).Connection));
            if (!TryPorts(index, passesAll: !offer.Media(index).Transport.IsRtp()))
            {
                return BridgeResult.NoPorts;
            }

            stream.Offered = Known is { } known && known.Side == from ? known.TargetOf(index) : TargetOf(offer, index, from) with { RtcpMux = stream.IsMuxDemanded, Keys = OfferedKeys(index) };
            stream.OfferedClocks = lane.Clocks.Of(offer, index);
            if (!_isAnswered)
            {
                AwaitKeys(1 - from, index);
            }

            if (!_isAnswered && Face(0).Partner == Face(1))
            {
                Face(from).Aim(index, stream.Offered with { Clocks = stream.OfferedClocks });
            }

            // Who can only multiplex may name one port for both; the other side is not held to that.
            var mux = stream.IsMuxAdded ? SdpMux.Add : SdpMux.Keep;
            written[index] = Shown(1 - from, index, SharesPort(offer.Media(index), mux) && !offer.Media(index).HasRtcpMuxOnly, mux);
        }

        return Write(1 - from, offer, written, isFirstOffer: !_isAnswered, codecs, destination, out length);
    }

    /// <summary>Takes the answer from one side, aims both, and writes it for the side that offered. From now on this bridge's media flows.</summary>
    /// <param name="from">The side that answers.</param>
    /// <param name="answer">Its description.</param>
    /// <param name="isFinal">The dialog is confirmed: a stream that it refuses gives its ports back.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="length">Octets written.</param>
    public BridgeResult Answer(int from, SdpDescription answer, bool isFinal, Span<byte> destination, out int length)
    {
        length = 0;
        var codecs = Filter(1 - from, answer, isOffer: false);
        if (codecs is not null && HasNoCodec(answer, codecs))
        {
            return BridgeResult.NoCodec;
        }

        if (LacksKeys(from, answer, isOffer: false))
        {
            return BridgeResult.NoSrtp;
        }

        Flow();
        OwnFace(1 - from)?.Move(_streams);
        _isOpen = false;
        var written = lane.Streams.AsSpan(0, answer.MediaCount);
        for (var index = 0; index < written.Length; index++)
        {
            written[index] = index < _streams.Length ? Accept(from, answer, index, codecs?.IsRefused(index) == true) : default;
        }

        for (var index = written.Length; index < _streams.Length; index++)
        {
            _streams[index].IsAccepted = false;
        }

        _isAnswered = true;
        for (var index = 0; index < written.Length && index < _streams.Length; index++)
        {
            KeepKeys(index, isFinal);
        }

        if (isFinal)
        {
            Settle();
        }

        return Write(1 - from, answer, written, isFirstOffer: false, codecs, destination, out length);
    }

    /// <summary>What of a description may cross to a side; null: all of it.</summary>
    private SdpCodecFilter? Filter(int to, SdpDescription description, bool isOffer)
    {
        if (Codecs is not { } codecs)
        {
            return null;
        }

        lane.Codecs.Read(description, codecs.Towards(to), isOffer);
        return lane.Codecs;
    }

    /// <summary>The filter has taken the last stream that was in use.</summary>
    private static bool HasNoCodec(SdpDescription description, SdpCodecFilter codecs)
    {
        var isRefused = false;
        for (var index = 0; index < description.MediaCount; index++)
        {
            if (IsRelayed(description.Media(index)))
            {
                isRefused |= codecs.IsRefused(index);
                if (!codecs.IsRefused(index))
                {
                    return false;
                }
            }
        }

        return isRefused;
    }

    private SdpStream Accept(int from, SdpDescription answer, int index, bool isRefused)
    {
        ref var stream = ref _streams[index];
        stream.IsAccepted = stream.IsOffered && !isRefused && !Face(from).Port(index).IsNone && IsRelayed(answer.Media(index)) && AgreeOnKeys(from, answer, index);
        if (!stream.IsAccepted)
        {
            return default;
        }

        stream.IsSteady = answer.Media(index).Transport.IsSteady();

        // RFC 3264 §5.1, §6.1: who sends uses the payload types of who receives.
        stream.Target(from) = TargetOf(answer, index, from) with { RtcpMux = AgreeOnMux(ref stream, from, answer.Media(index), out var offererMux, out var shown), Clocks = stream.OfferedClocks, Keys = AgreedKeys(from, index) };
        stream.Target(1 - from) = stream.Offered with { RtcpMux = offererMux, Clocks = lane.Clocks.Of(answer, index), ReadsReports = stream.Target(from).ReadsReports };
        (stream.Direction(from), stream.Direction(1 - from)) = (DirectionOf(answer.Media(index)), stream.OfferedDirection);
        AgreeOnEvents(from, answer, index);
        Aim(index);
        return Shown(1 - from, index, SharesPort(answer.Media(index), shown), shown);
    }

    private void Aim(int index)
    {
        Aim(0, index);
        Aim(1, index);
        ConvertEvents(index);
    }

    private void Aim(int side, int index)
    {
        ref var stream = ref _streams[index];
        Face(side).Aim(index, stream.Target(side) with { IsSilent = !stream.Flows(side) });
    }

    /// <summary>Media flows between the two faces of this bridge.</summary>
    private void Flow()
    {
        if (Face(0).Partner != Face(1))
        {
            Face(0).Join(Face(1));
        }
    }

    /// <summary>
    /// The two dialogs are confirmed with the answer that they had before: its media flows, whichever early dialog's did last, and
    /// streams that it did not accept give their ports back, once no other offer is open.
    /// </summary>
    public void Confirm()
    {
        Resume();
        _isSettled = true;
        if (!_isOpen)
        {
            Settle();
        }
    }

    /// <summary>The media of these dialogs flows again after that of others.</summary>
    public void Resume()
    {
        Flow();
        for (var index = 0; index < _streams.Length; index++)
        {
            if (_streams[index].IsAccepted)
            {
                Aim(index);
            }
        }
    }

    /// <summary>The exchange is over: streams that were refused or left out give their ports back.</summary>
    private void Settle()
    {
        _isSettled = true;
        for (var index = 0; index < _streams.Length; index++)
        {
            if (!_streams[index].IsAccepted)
            {
                ReleaseAt(0, index);
                ReleaseAt(1, index);
            }
        }
    }

    /// <summary>
    /// The offer was refused: what was agreed before holds, and streams that only it had give their ports back; not while other
    /// early dialogs may use them.
    /// </summary>
    public void Reject()
    {
        _isOpen = false;
        OwnFace(0)?.StayInFamily();
        OwnFace(1)?.StayInFamily();
        if (_isSettled)
        {
            Settle();
        }
    }

    /// <summary>Whether the description's stream is one that the relay carries: UDP, in use, to one receiver.</summary>
    private static bool IsRelayed(in SdpMedia media) => media.IsUdp && media.Port != 0 && !media.Connection.IsMulticast;

    private bool TryPorts(int index, bool passesAll)
    {
        var isNew = Face(0).Port(index).IsNone || Face(1).Port(index).IsNone;
        var kind = _streams[index].Kind;
        if (!Face(0).TryPort(index, kind, passesAll) || !Face(1).TryPort(index, kind, passesAll))
        {
            return false;
        }

        if (Face(0).Partner is null)
        {
            Face(0).Join(Face(1));
        }
        else if (isNew && Face(0).Partner == Face(1))
        {
            Face(0).JoinStream(index);
        }

        return true;
    }

    /// <summary>What its sender does with a stream; one that is held by its address receives nothing (RFC 3264 §8.4).</summary>
    private static SdpDirection DirectionOf(in SdpMedia media) => media.HasHoldAddress ? media.Direction & SdpDirection.SendOnly : media.Direction;

    private MediaTarget TargetOf(SdpDescription description, int index, int side)
    {
        ref readonly var media = ref description.Media(index);
        return Face(side).Side.Described(media) with
        {
            PassesAll = !media.Transport.IsRtp(),
            RefusesDtls = media.IsOpened || (media.Transport.IsRtp() && !media.Transport.HasDtls() && !media.HasFingerprint),
            ReadsReports = SdpEvents.IsPlainRtp(description, index),
        };
    }
}
