using SipAlg.Calls.Dialplan;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>The media of a call that the gateway answers itself: one port for each audio stream, which echoes or plays a tone.</summary>
internal sealed class ServiceMedia(MediaLane lane, ServiceKind kind, MediaSide caller, bool isEmergency)
{
    private readonly int _place = lane.Relay.Place();
    private MediaPort[] _ports = [];
    private MediaSide _caller = caller;

    private SdpAnswerFormats Formats => kind == ServiceKind.Echo ? SdpAnswerFormats.All : SdpAnswerFormats.G711;

    /// <summary>Answers an offer, the first or a later one; what it does not offer any more gives its port back.</summary>
    public BridgeResult Answer(SdpDescription offer, Span<byte> destination, out int length)
    {
        length = 0;
        if (_ports.Length < offer.MediaCount)
        {
            Array.Resize(ref _ports, offer.MediaCount);
        }

        var streams = lane.Streams.AsSpan(0, offer.MediaCount);
        var accepted = 0;
        for (var index = 0; index < _ports.Length; index++)
        {
            if (index >= streams.Length || !SdpAnswer.CanAccept(offer, index, Formats))
            {
                lane.Relay.Release(_ports[index]);
                _ports[index] = default;
                if (index < streams.Length)
                {
                    streams[index] = default;
                }

                continue;
            }

            if (!TryServe(offer, index))
            {
                return BridgeResult.NoPorts;
            }

            streams[index] = new SdpStream(_ports[index].Port, (ushort)(_ports[index].Port + 1));
            accepted++;
        }

        return accepted == 0 ? BridgeResult.Malformed : Write(offer, streams, destination, out length);
    }

    private bool TryServe(SdpDescription offer, int index)
    {
        ref var port = ref _ports[index];
        if (port.IsNone && lane.TryTake(_caller.Realm, _caller.Bind, _place, isEmergency, out port) != PortTakeResult.Taken)
        {
            return false;
        }

        ref readonly var media = ref offer.Media(index);
        var address = media.Connection.Address;
        lane.Relay.Aim(port, new MediaTarget
        {
            Rtp = media.HasHoldAddress || address.IsNone ? default : new IpEndpoint(address, media.Port),
            Latching = _caller.Latching,
            Signalling = _caller.Signalling,
            MediaFrom = _caller.MediaFrom,
        });
        if (kind == ServiceKind.Tone && SdpG711.TryChoose(offer, index, out var codec))
        {
            lane.Relay.PlayTone(port, codec.IsALaw ? ToneCodec.Pcma : ToneCodec.Pcmu, codec.PayloadType);
        }
        else
        {
            lane.Relay.Loop(port);
        }

        return true;
    }

    private BridgeResult Write(SdpDescription offer, ReadOnlySpan<SdpStream> streams, Span<byte> destination, out int length)
    {
        var wanted = kind == ServiceKind.Echo ? SdpDirection.SendRecv : SdpDirection.SendOnly;
        length = SdpAnswer.Write(offer, new SdpOrigin(_caller.SessionId, _caller.Version, _caller.Shown), streams, Formats, wanted, destination);
        if (length < 0)
        {
            return BridgeResult.TooLarge;
        }

        var hash = SdpHash.WithoutVersion(destination[..length]);
        if (_caller.Written != 0 && _caller.Written != hash)
        {
            _caller.Version++;
            length = SdpAnswer.Write(offer, new SdpOrigin(_caller.SessionId, _caller.Version, _caller.Shown), streams, Formats, wanted, destination);
        }

        _caller.Written = hash;
        return BridgeResult.Done;
    }

    /// <summary>Packets that came from the caller; a service sends no packets of its own to itself.</summary>
    public (long FromCaller, long FromCallee) Packets()
    {
        long packets = 0;
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
            lane.Relay.Release(port);
            port = default;
        }
    }
}
