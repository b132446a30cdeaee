using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Media;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Calls.Media;

/// <summary>The media of a call that the gateway answers itself: one port for each audio stream, which echoes or plays a tone.</summary>
/// <param name="lane">The relay, and room to write in.</param>
/// <param name="kind">Which service.</param>
/// <param name="face">Towards the caller; its own.</param>
/// <param name="origin">The o= line that the caller sees.</param>
internal sealed partial class ServiceMedia(MediaLane lane, ServiceKind kind, MediaFace face, SessionOrigin origin)
{
    private SdpG711?[] _tones = [];
    private bool _hasBegun;

    private SdpAnswerFormats Formats => kind == ServiceKind.Echo ? SdpAnswerFormats.All : SdpAnswerFormats.G711;

    /// <summary>
    /// Answers an offer, the first or a later one; what it does not offer any more gives its port back. An offer that is refused
    /// changes nothing.
    /// </summary>
    public BridgeResult Answer(SdpDescription offer, Span<byte> destination, out int length)
    {
        length = 0;
        TakeKeys(offer);
        if (!IsAcceptable(offer))
        {
            return _keyless != 0 ? BridgeResult.NoSrtp : BridgeResult.Malformed;
        }

        // Bit n: the n-th stream had no port before.
        ulong fresh = 0;
        var result = TryPorts(offer, ref fresh) ? Write(offer, destination, out length) : BridgeResult.NoPorts;
        if (result == BridgeResult.Done)
        {
            Serve(offer);
            return result;
        }

        face.StayInFamily();
        for (; fresh != 0; fresh &= fresh - 1)
        {
            face.Release(System.Numerics.BitOperations.TrailingZeroCount(fresh));
        }

        return result;
    }

    /// <summary>A stream must be left to serve, unless the caller switches all of them off (RFC 3264 §8.2).</summary>
    private bool IsAcceptable(SdpDescription offer)
    {
        var isOff = offer.MediaCount > 0 && face.Lines > 0;
        for (var index = 0; index < offer.MediaCount; index++)
        {
            if (CanServe(offer, index))
            {
                return true;
            }

            isOff &= offer.Media(index).Port == 0;
        }

        return isOff;
    }

    private bool CanServe(SdpDescription offer, int index) =>
        SdpAnswer.CanAccept(offer, index, Formats) && !offer.Media(index).Connection.IsMulticast && !IsKeyless(index);

    private bool TryPorts(SdpDescription offer, ref ulong fresh)
    {
        face.StayInFamily();
        for (var index = 0; index < offer.MediaCount; index++)
        {
            if (!CanServe(offer, index))
            {
                continue;
            }

            ref readonly var media = ref offer.Media(index);
            face.Follow(index, face.Side.ReceivedAt(media.Connection));
            fresh |= face.Port(index).IsNone ? 1UL << index : 0;
            if (!face.TryPort(index, StreamFigures.KindOf(offer.Bytes(media.Type)), passesAll: false))
            {
                return false;
            }
        }

        return true;
    }

    private BridgeResult Write(SdpDescription offer, Span<byte> destination, out int length)
    {
        var streams = lane.Streams.AsSpan(0, offer.MediaCount);
        var shown = default(IpAddress);
        for (var index = 0; index < streams.Length; index++)
        {
            streams[index] = default;
            if (CanServe(offer, index))
            {
                var (port, address) = (face.ComingPort(index).Port, face.ComingShownOf(index));
                streams[index] = new SdpStream(port, offer.Media(index).HasRtcpMux ? port : (ushort)(port + 1), address);
                shown = shown.IsNone ? address : shown;
            }
        }

        return Write(offer, streams, shown.IsNone ? face.Shown : shown, destination, out length);
    }

    private BridgeResult Write(SdpDescription offer, ReadOnlySpan<SdpStream> streams, IpAddress shown, Span<byte> destination, out int length)
    {
        var wanted = kind == ServiceKind.Echo ? SdpDirection.SendRecv : SdpDirection.SendOnly;
        length = WriteOnce(offer, origin.Line(shown), streams, wanted, destination);
        if (length >= 0 && origin.Changes(SdpHash.WithoutVersion(destination[..length])))
        {
            length = WriteOnce(offer, origin.Line(shown), streams, wanted, destination);
        }

        return length < 0 ? BridgeResult.TooLarge : BridgeResult.Done;
    }

    /// <summary>The answer goes out.</summary>
    private void Serve(SdpDescription offer)
    {
        Agreement = MediaAgreement.None;
        face.Move([]);
        AgreeOnKeys(offer);
        if (_tones.Length < offer.MediaCount)
        {
            Array.Resize(ref _tones, offer.MediaCount);
        }

        for (var index = 0; index < _tones.Length; index++)
        {
            _tones[index] = null;
            if (index < offer.MediaCount && CanServe(offer, index))
            {
                _tones[index] = ToneFor(offer, index);
                Aim(offer, index);
            }
            else
            {
                face.Release(index);
            }
        }
    }

    private SdpG711? ToneFor(SdpDescription offer, int index) =>
        kind == ServiceKind.Tone && offer.Media(index).Direction is SdpDirection.SendRecv or SdpDirection.RecvOnly && SdpG711.TryChoose(offer, index, out var codec) ? codec : null;

    /// <summary>Takes the answer to an offer that repeated what the caller had: its streams go where it says now.</summary>
    public void Renew(SdpDescription answer)
    {
        Agreement = MediaAgreement.None;
        for (var index = 0; index < Math.Min(_tones.Length, answer.MediaCount); index++)
        {
            if (RenewKeys(answer, index))
            {
                Aim(answer, index);
            }
        }
    }

    private void Aim(SdpDescription description, int index)
    {
        ref readonly var media = ref description.Media(index);
        if (!face.Port(index).IsNone && AgreementOf(media) is var agreed && agreed > Agreement)
        {
            Agreement = agreed;
        }

        face.Aim(index, face.Side.Described(media) with
        {
            RtcpMux = media.HasRtcpMux,
            Clocks = lane.Clocks.Of(description, index),
            Keys = index < _security.Length ? _security[index].Keys : null,
            IsSilent = kind == ServiceKind.Tone || (media.Direction & SdpDirection.SendOnly) == 0,
        });
        Play(index);
    }

    /// <summary>
    /// The caller has confirmed the answer (RFC 3261 §13.2.2.4). Before that nothing is sent that he has not sent himself: SDP names any
    /// address, and who is behind it did not ask for a tone.
    /// </summary>
    public void Begin()
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        for (var index = 0; index < _tones.Length; index++)
        {
            Play(index);
        }
    }

    private void Play(int index)
    {
        var (entry, exit) = (face.Port(index), face.Exit(index));
        if (kind == ServiceKind.Echo)
        {
            lane.Relay.Loop(exit);
            if (entry != exit)
            {
                lane.Relay.Feed(entry, exit);
            }

            return;
        }

        if (entry != exit)
        {
            lane.Relay.Separate(entry);
        }

        if (_tones[index] is not { } codec)
        {
            lane.Relay.Separate(exit);
        }
        else if (_hasBegun)
        {
            lane.Relay.PlayTone(exit, codec.IsALaw ? ToneCodec.Pcma : ToneCodec.Pcmu, codec.PayloadType);
        }
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

    /// <summary>Towards the caller.</summary>
    public MediaFace Face => face;

    /// <inheritdoc cref="MediaFace.LastHeard()"/>
    public long LastHeard() => face.LastHeard();

    /// <inheritdoc cref="MediaFace.Streams"/>
    public int Streams => face.Streams;

    public StreamKind KindOf(int index) => face.KindOf(index);

    /// <inheritdoc cref="MediaFace.SuiteOf"/>
    public SrtpSuite? SuiteOf(int index) => face.SuiteOf(index);

    /// <inheritdoc cref="MediaFace.FiguresOf"/>
    public StreamStatistics FiguresOf(int index) => face.FiguresOf(index);

    /// <inheritdoc cref="MediaFace.Audio"/>
    public StreamStatistics Audio() => face.Audio();

    /// <summary>Packets that came from the caller; a service sends no packets of its own to itself.</summary>
    public (long FromCaller, long FromCallee) Packets() => (face.Packets(), 0);

    public void Release() => face.Release();
}
