using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>What the calls of one lane share for their media: the relay, a pool of ports a realm, and room to write SDP in.</summary>
/// <param name="relay">Shared by all lanes.</param>
/// <param name="pools">By realm; null for a realm without media ports.</param>
/// <param name="reserves">By realm: pairs of ports that only emergency routes may take.</param>
internal sealed class MediaLane(MediaRelay relay, PortPool?[] pools, int[] reserves)
{
    private byte[]? _draft;

    public MediaRelay Relay => relay;

    /// <summary>The description being crossed; used up within one call.</summary>
    public SdpDescription Description { get; } = new();

    /// <summary>Which of its codecs cross; used up within one call.</summary>
    public SdpCodecFilter Codecs { get; } = new();

    /// <summary>The clock rates of its streams.</summary>
    public SdpClocks Clocks { get; } = new();

    public StreamComparison Comparison { get; } = new();

    public byte[] Scratch { get; } = new byte[SdpDescription.MaxLength];

    public SdpStream[] Streams { get; } = new SdpStream[SdpDescription.MaxMedia];

    /// <summary>Room for a description that is written once more with other events in it; only some lanes ever need it.</summary>
    public byte[] Draft => _draft ??= new byte[SdpDescription.MaxLength];

    public SdpEventChange[] EventChanges { get; } = new SdpEventChange[SdpDescription.MaxMedia];

    public PortTakeResult TryTake(int realm, IpAddress bind, int place, bool isEmergency, ulong owner, out MediaPort port)
    {
        port = default;
        var pool = pools[realm];
        if (pool is null || (!isEmergency && pool.InUse >= pool.Capacity - reserves[realm]))
        {
            return PortTakeResult.Exhausted;
        }

        return pool.TryTake(bind, place, out port, owner);
    }
}
