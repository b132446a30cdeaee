using SipAlg.Linux;
using SipAlg.Media.Packets;
using SipAlg.Media.Sources;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Sources;

/// <summary>A latch with a cast of sources around it, and a clock in milliseconds.</summary>
internal sealed class LatchScene
{
    public static readonly IpEndpoint Sdp = IpEndpoint.Parse("192.0.2.1:4000");
    public static readonly IpEndpoint SdpOtherPort = IpEndpoint.Parse("192.0.2.1:4444");
    public static readonly IpEndpoint SdpThirdPort = IpEndpoint.Parse("192.0.2.1:5555");
    public static readonly IpEndpoint Signalling = IpEndpoint.Parse("198.51.100.1:4000");
    public static readonly IpEndpoint Carrier = IpEndpoint.Parse("10.0.1.9:4000");
    public static readonly IpEndpoint OtherCarrier = IpEndpoint.Parse("10.0.1.10:4000");
    public static readonly IpEndpoint Stranger = IpEndpoint.Parse("203.0.113.1:4000");
    public static readonly IpEndpoint StrangerOtherPort = IpEndpoint.Parse("203.0.113.1:4002");
    public static readonly IpEndpoint OtherStranger = IpEndpoint.Parse("203.0.113.2:4000");
    public static readonly IpEndpoint[] Cast =
        [Sdp, SdpOtherPort, SdpThirdPort, Signalling, Carrier, OtherCarrier, Stranger, StrangerOtherPort, OtherStranger];

    private static readonly IpNetwork[] MediaNetworks = [new(IpAddress.Parse("10.0.1.0"), 24)];

    private readonly Latching _latching;
    private SourceLatch _latch;

    public LatchScene(Latching latching = Latching.Symmetric, bool isDescribed = true)
    {
        _latching = latching;
        Aim(isDescribed ? Sdp : default);
    }

    public long Now { get; private set; } = 5;

    /// <summary>Set for a latch of RTCP: where the RTP beside it comes from.</summary>
    public IpEndpoint Beside { get; set; }
    public bool IsSettled => _latch.IsSettled;
    public IpEndpoint Settled => _latch.Settled.ToEndpoint();

    public void Aim(IpEndpoint sdp) => _latch.Aim(sdp.IsNone ? default : SockAddr.From(sdp));

    public LatchScene After(int milliseconds)
    {
        Now += milliseconds;
        return this;
    }

    public bool Takes(IpEndpoint source, uint ssrc = 1, int sequence = 1) => Judge(source, ssrc, sequence) != SourceVerdict.Refused;

    public SourceVerdict Judge(IpEndpoint source, uint ssrc, int sequence)
    {
        var rule = new SourceRule(_latching, Signalling.Address, MediaNetworks, 1000) { Beside = Beside.Address };
        var position = new StreamPosition(StreamPosition.Parts.SsrcAndSequence, ssrc, (ushort)sequence);
        return _latch.Judge(SockAddr.From(source), rule, position, Now);
    }
}
