using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Media;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>The media of a call that the gateway answers itself: one port for each audio stream, which echoes or plays a tone.</summary>
internal sealed class ServiceMedia(MediaLane lane, ServiceKind kind, in MediaSide caller, SessionOrigin origin, bool isEmergency)
{
    private readonly int _place = lane.Relay.Place();
    private MediaPort[] _ports = [];
    private StreamFigures _figures = new();
    private SdpG711?[] _tones = [];
    private bool _hasBegun;
    private readonly MediaSide _caller = caller;

    /// <summary>What the relay calls its ports by; 0 for none.</summary>
    public ulong Owner { get; init; }

    private SdpAnswerFormats Formats => kind == ServiceKind.Echo ? SdpAnswerFormats.All : SdpAnswerFormats.G711;

    /// <summary>
    /// Answers an offer, the first or a later one; what it does not offer any more gives its port back. An offer that is refused
    /// changes nothing.
    /// </summary>
    public BridgeResult Answer(SdpDescription offer, Span<byte> destination, out int length)
    {
        length = 0;
        if (!IsAcceptable(offer))
        {
            return BridgeResult.Malformed;
        }

        if (_ports.Length < offer.MediaCount)
        {
            Array.Resize(ref _ports, offer.MediaCount);
            Array.Resize(ref _tones, offer.MediaCount);
        }

        if (!TryPorts(offer))
        {
            return BridgeResult.NoPorts;
        }

        Agreement = MediaAgreement.None;
        var streams = lane.Streams.AsSpan(0, offer.MediaCount);
        for (var index = 0; index < _ports.Length; index++)
        {
            if (index >= streams.Length || !SdpAnswer.CanAccept(offer, index, Formats))
            {
                _figures.Keep(lane.Relay, index, _ports[index]);
                lane.Release(_ports[index]);
                _ports[index] = default;
                _tones[index] = null;
                if (index < streams.Length)
                {
                    streams[index] = default;
                }

                continue;
            }

            _figures.Name(index, StreamFigures.KindOf(offer.Bytes(offer.Media(index).Type)));
            Serve(offer, index);
            streams[index] = new SdpStream(_ports[index].Port, (ushort)(_ports[index].Port + (offer.Media(index).HasRtcpMux ? 0 : 1)));
        }

        return Write(offer, streams, destination, out length);
    }

    /// <summary>A stream must be left to serve, unless the caller switches all of them off (RFC 3264 §8.2).</summary>
    private bool IsAcceptable(SdpDescription offer)
    {
        var isOff = offer.MediaCount > 0 && _ports.Length > 0;
        for (var index = 0; index < offer.MediaCount; index++)
        {
            if (SdpAnswer.CanAccept(offer, index, Formats))
            {
                return true;
            }

            isOff &= offer.Media(index).Port == 0;
        }

        return isOff;
    }

    /// <summary>The ports that the offer needs; those that were had before a lack showed stay for the next offer.</summary>
    private bool TryPorts(SdpDescription offer)
    {
        for (var index = 0; index < offer.MediaCount; index++)
        {
            if (_ports[index].IsNone && SdpAnswer.CanAccept(offer, index, Formats) &&
                !lane.TryTake(_caller.Realm, _caller.Bind, _place, isEmergency, Owner, out _ports[index]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the answer to an offer that repeated what the caller had: its streams go where it says now.</summary>
    public void Renew(SdpDescription answer)
    {
        Agreement = MediaAgreement.None;
        for (var index = 0; index < Math.Min(_ports.Length, answer.MediaCount); index++)
        {
            Aim(answer, index);
        }
    }

    private void Aim(SdpDescription description, int index)
    {
        ref readonly var media = ref description.Media(index);
        var address = media.Connection.Address;
        var rtcp = media.RtcpAddress.IsNone ? address : media.RtcpAddress;
        if (!_ports[index].IsNone && AgreementOf(media) is var agreed && agreed > Agreement)
        {
            Agreement = agreed;
        }

        lane.Relay.Aim(_ports[index], new MediaTarget
        {
            Rtp = media.HasHoldAddress || address.IsNone ? default : new IpEndpoint(address, media.Port),
            Rtcp = media.RtcpPort == 0 || rtcp.IsNone ? default : new IpEndpoint(rtcp, media.RtcpPort),
            RtcpMux = media.HasRtcpMux,
            Latching = _caller.Latching,
            Signalling = _caller.Signalling,
            MediaFrom = _caller.MediaFrom,
            Clocks = lane.Clocks.Of(description, index),
            IsSilent = kind == ServiceKind.Tone || (media.Direction & SdpDirection.SendOnly) == 0,
        });
    }

    private void Serve(SdpDescription offer, int index)
    {
        Aim(offer, index);
        _tones[index] = null;
        if (kind == ServiceKind.Echo)
        {
            lane.Relay.Loop(_ports[index]);
        }
        else if (offer.Media(index).Direction is SdpDirection.SendRecv or SdpDirection.RecvOnly && SdpG711.TryChoose(offer, index, out var codec))
        {
            _tones[index] = codec;
            if (_hasBegun)
            {
                Play(index);
            }
        }
        else
        {
            lane.Relay.Separate(_ports[index]);
        }
    }

    /// <summary>
    /// The caller has confirmed the answer (RFC 3261 §13.2.2.4). Before that nothing is sent that he has not sent himself: SDP names any
    /// address, and who is behind it did not ask for a tone.
    /// </summary>
    public void Begin()
    {
        for (var index = 0; !_hasBegun && index < _ports.Length; index++)
        {
            Play(index);
        }

        _hasBegun = true;
    }

    private void Play(int index)
    {
        if (_tones[index] is { } codec)
        {
            lane.Relay.PlayTone(_ports[index], codec.IsALaw ? ToneCodec.Pcma : ToneCodec.Pcmu, codec.PayloadType);
        }
    }

    private BridgeResult Write(SdpDescription offer, ReadOnlySpan<SdpStream> streams, Span<byte> destination, out int length)
    {
        var wanted = kind == ServiceKind.Echo ? SdpDirection.SendRecv : SdpDirection.SendOnly;
        length = SdpAnswer.Write(offer, new SdpOrigin(origin.SessionId, origin.Version, _caller.Shown), streams, Formats, wanted, destination);
        if (length < 0)
        {
            return BridgeResult.TooLarge;
        }

        if (origin.Changes(SdpHash.WithoutVersion(destination[..length])))
        {
            length = SdpAnswer.Write(offer, new SdpOrigin(origin.SessionId, origin.Version, _caller.Shown), streams, Formats, wanted, destination);
        }

        return BridgeResult.Done;
    }

    /// <summary>What its streams are to do.</summary>
    public MediaAgreement Agreement { get; private set; }

    /// <summary>A tone comes from here: that its listener is silent says nothing.</summary>
    private MediaAgreement AgreementOf(in SdpMedia media)
    {
        var hears = (media.Direction & SdpDirection.RecvOnly) != 0 && !media.HasHoldAddress;
        return kind == ServiceKind.Echo && hears && media.Direction == SdpDirection.SendRecv ? MediaAgreement.Active
            : kind == ServiceKind.Tone && hears ? MediaAgreement.None
            : MediaAgreement.Held;
    }

    /// <summary>When anything came last on any stream, RTCP too, in timestamps of the relay; 0 for never.</summary>
    public long LastHeard()
    {
        long last = 0;
        foreach (var port in _ports)
        {
            last = Math.Max(last, lane.Relay.LastHeard(port));
        }

        return last;
    }

    /// <summary>Streams there have been.</summary>
    public int Streams => _figures.Count;

    public StreamKind KindOf(int index) => _figures.KindOf(index);

    /// <summary>What came of a stream, by whatever port.</summary>
    public StreamStatistics FiguresOf(int index) => _figures.Of(lane.Relay, index < _ports.Length ? _ports[index] : default, index);

    /// <summary>What came of all its audio: a service takes nothing else.</summary>
    public StreamStatistics Audio()
    {
        StreamStatistics audio = default;
        for (var index = 0; index < Streams; index++)
        {
            audio = audio.With(FiguresOf(index));
        }

        return audio;
    }

    /// <summary>Packets that came from the caller; a service sends no packets of its own to itself.</summary>
    public (long FromCaller, long FromCallee) Packets()
    {
        var packets = _figures.PacketsBefore;
        foreach (ref var port in _ports.AsSpan())
        {
            packets += lane.Relay.TryRead(port, out var counters) ? counters.Rtp.Totals.PacketsIn : 0;
        }

        return (packets, 0);
    }

    public void Release()
    {
        foreach (ref var port in _ports.AsSpan())
        {
            lane.Release(port);
            port = default;
        }
    }
}
