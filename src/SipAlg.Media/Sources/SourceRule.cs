using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Sources;

/// <summary>What a latch is told about the sources of its stream, beside the SDP's endpoint.</summary>
/// <param name="latching">The realm's way.</param>
/// <param name="signalling">The leg's signalling source, or none.</param>
/// <param name="mediaFrom">The peer's media networks.</param>
/// <param name="second">Timestamps a second.</param>
internal readonly ref struct SourceRule(Latching latching, IpAddress signalling, ReadOnlySpan<IpNetwork> mediaFrom, long second)
{
    private readonly ReadOnlySpan<IpNetwork> _mediaFrom = mediaFrom;

    public Latching Latching { get; } = latching;
    public IpAddress Signalling { get; } = signalling;

    /// <summary>For RTCP: the address that the stream's RTP comes from, once that is settled; its own comes from there too.</summary>
    public IpAddress Beside { get; init; }

    /// <summary>How long a source that nobody named has to wait for one that is named.</summary>
    public long Patience { get; } = second;

    /// <summary>How long the settled source has to be silent before another may take over.</summary>
    public long Silence { get; } = 2 * second;

    public bool IsMediaFrom(IpAddress address)
    {
        foreach (ref readonly var network in _mediaFrom)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>How near a source is to what SDP and configuration name, the nearest last.</summary>
internal enum SourceStanding : byte
{
    Unnamed,

    /// <summary>Of the leg's signalling, or of the RTP beside it.</summary>
    Signalling,
    MediaFrom,
    SdpAddress,
    SdpEndpoint,
}

/// <summary>What a latch says about a packet's source.</summary>
internal enum SourceVerdict : byte
{
    Refused,
    Same,
    Settled,
    TookOver,
}
