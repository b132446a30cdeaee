using SipAlg.Media;
using SipAlg.Protocol.Addresses;
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
}

/// <summary>
/// The media of one call: for each stream of its SDP a port towards either side. It rewrites offers and answers on their way
/// and aims the ports by them (RFC 3264). Side 0 is the caller, side 1 the callee.
/// </summary>
internal sealed class MediaBridge(MediaLane lane, bool isEmergency)
{
    private readonly int _place = lane.Relay.Place();
    private MediaSide _caller;
    private MediaSide _callee;
    private MediaStream[] _streams = [];
    private bool _isAgreed;

    public ref MediaSide Side(int side) => ref side == 0 ? ref _caller : ref _callee;

    /// <summary>The ports of this side go, and those that the next target gets are of its own realm.</summary>
    public void Replace(int side, in MediaSide with)
    {
        foreach (ref var stream in _streams.AsSpan())
        {
            lane.Relay.Release(stream.Port(side));
            stream.Port(side) = default;
        }

        Side(side) = with;
    }

    /// <summary>
    /// Takes an offer from one side and writes it for the other. A first offer is aimed at at once, for early media; a later one
    /// only when it is answered, since it may be refused.
    /// </summary>
    public BridgeResult Offer(int from, SdpDescription offer, Span<byte> destination, out int length)
    {
        length = 0;
        if (_streams.Length < offer.MediaCount)
        {
            Array.Resize(ref _streams, offer.MediaCount);
        }

        var written = lane.Streams.AsSpan(0, offer.MediaCount);
        for (var index = 0; index < written.Length; index++)
        {
            ref var stream = ref _streams[index];
            written[index] = default;
            stream.IsOffered = IsRelayed(offer.Media(index));
            stream.IsMuxOffered = offer.Media(index).HasRtcpMux;
            if (!stream.IsOffered)
            {
                continue;
            }

            if (!TryPorts(ref stream))
            {
                return BridgeResult.NoPorts;
            }

            stream.Offered = TargetOf(offer, index, from);
            if (!_isAgreed)
            {
                lane.Relay.Aim(stream.Port(from), stream.Offered);
            }

            written[index] = Shown(stream.Port(1 - from), offer.Media(index));
        }

        return Write(1 - from, offer, written, destination, out length);
    }

    /// <summary>Takes the answer from one side, aims both, and writes it for the side that offered.</summary>
    /// <param name="from">The side that answers.</param>
    /// <param name="answer">Its description.</param>
    /// <param name="isFinal">Of a 2xx or an ACK: a stream that it refuses gives its ports back.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="length">Octets written.</param>
    public BridgeResult Answer(int from, SdpDescription answer, bool isFinal, Span<byte> destination, out int length)
    {
        var written = lane.Streams.AsSpan(0, answer.MediaCount);
        for (var index = 0; index < written.Length; index++)
        {
            written[index] = index < _streams.Length ? Accept(from, answer, index) : default;
        }

        if (isFinal)
        {
            Settle(written);
        }

        return Write(1 - from, answer, written, destination, out length);
    }

    private SdpStream Accept(int from, SdpDescription answer, int index)
    {
        ref var stream = ref _streams[index];
        if (!stream.IsOffered || stream.Port(from).IsNone || !IsRelayed(answer.Media(index)))
        {
            return default;
        }

        stream.IsAccepted = true;

        // RFC 5761 §5.1.1: multiplexed if both sides say so, and what one says crosses to the other.
        var mux = stream.IsMuxOffered && answer.Media(index).HasRtcpMux;
        stream.Target(from) = TargetOf(answer, index, from) with { RtcpMux = mux };
        stream.Target(1 - from) = stream.Offered with { RtcpMux = mux };
        lane.Relay.Aim(stream.Port(from), stream.Target(from));
        lane.Relay.Aim(stream.Port(1 - from), stream.Target(1 - from));
        return Shown(stream.Port(1 - from), answer.Media(index));
    }

    /// <summary>The answer that an 18x gave holds: streams that it did not accept give their ports back.</summary>
    public void Agree()
    {
        _isAgreed = true;
        Reject();
    }

    /// <summary>The exchange is over: streams that were refused or left out give their ports back.</summary>
    private void Settle(ReadOnlySpan<SdpStream> answered)
    {
        _isAgreed = true;
        for (var index = 0; index < _streams.Length; index++)
        {
            if (index >= answered.Length || answered[index].Port == 0)
            {
                Release(ref _streams[index]);
            }
        }
    }

    /// <summary>The offer was refused: what was agreed before holds, and streams that only it had give their ports back.</summary>
    public void Reject()
    {
        foreach (ref var stream in _streams.AsSpan())
        {
            if (!stream.IsAccepted)
            {
                Release(ref stream);
            }
        }
    }

    /// <summary>Whether the description's stream is one that the relay carries: UDP, in use, to one receiver.</summary>
    private static bool IsRelayed(in SdpMedia media) => media.IsUdp && media.Port != 0 && !media.Connection.IsMulticast;

    private bool TryPorts(ref MediaStream stream)
    {
        var isNew = stream.Caller.IsNone || stream.Callee.IsNone;
        if (!TryPort(ref stream.Caller, _caller) || !TryPort(ref stream.Callee, _callee))
        {
            return false;
        }

        if (isNew)
        {
            lane.Relay.Join(stream.Caller, stream.Callee);
        }

        return true;
    }

    private bool TryPort(ref MediaPort port, in MediaSide side) =>
        !port.IsNone || lane.TryTake(side.Realm, side.Bind, _place, isEmergency, out port) == PortTakeResult.Taken;

    private MediaTarget TargetOf(SdpDescription description, int index, int side)
    {
        ref readonly var media = ref description.Media(index);
        ref var own = ref Side(side);
        var address = media.Connection.Address;
        var rtcpAddress = media.RtcpAddress.IsNone ? address : media.RtcpAddress;
        return new MediaTarget
        {
            Rtp = media.HasHoldAddress || address.IsNone ? default : new IpEndpoint(address, media.Port),
            Rtcp = media.RtcpPort == 0 || rtcpAddress.IsNone ? default : new IpEndpoint(rtcpAddress, media.RtcpPort),
            PassesAll = !media.Transport.IsRtp(),
            Latching = own.Latching,
            Signalling = own.Signalling,
            MediaFrom = own.MediaFrom,
        };
    }

    private static SdpStream Shown(in MediaPort port, in SdpMedia media) =>
        new(port.Port, media.HasRtcpMux && media.RtcpPort == media.Port ? port.Port : (ushort)(port.Port + 1));

    /// <summary>Writes with the version that the side has seen, and once more with the next one if something else changed.</summary>
    private BridgeResult Write(int side, SdpDescription description, ReadOnlySpan<SdpStream> streams, Span<byte> destination, out int length)
    {
        ref var own = ref Side(side);
        length = SdpRewriter.Write(description, new SdpOrigin(own.SessionId, own.Version, own.Shown), streams, destination);
        if (length < 0)
        {
            return BridgeResult.TooLarge;
        }

        var hash = SdpHash.WithoutVersion(destination[..length]);
        if (own.Written != 0 && own.Written != hash)
        {
            own.Version++;
            length = SdpRewriter.Write(description, new SdpOrigin(own.SessionId, own.Version, own.Shown), streams, destination);
        }

        own.Written = hash;
        return length < 0 ? BridgeResult.TooLarge : BridgeResult.Done;
    }

    /// <summary>Packets that came from each side, for the call's record; read before the ports go.</summary>
    public (long FromCaller, long FromCallee) Packets()
    {
        long caller = 0, callee = 0;
        foreach (ref var stream in _streams.AsSpan())
        {
            caller += lane.Relay.TryRead(stream.Caller, out var counters) ? counters.Rtp.Totals.PacketsIn : 0;
            callee += lane.Relay.TryRead(stream.Callee, out counters) ? counters.Rtp.Totals.PacketsIn : 0;
        }

        return (caller, callee);
    }

    /// <summary>Gives all ports back.</summary>
    public void Release()
    {
        foreach (ref var stream in _streams.AsSpan())
        {
            Release(ref stream);
        }
    }

    private void Release(ref MediaStream stream)
    {
        lane.Relay.Release(stream.Caller);
        lane.Relay.Release(stream.Callee);
        stream = default;
    }
}
