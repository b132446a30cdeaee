using SipAlg.Protocol.Addresses;

namespace SipAlg.Media;

/// <summary>What a port has learnt of where its stream comes from; the metric's label.</summary>
public enum SourceChange : byte
{
    /// <summary>The first source that packets are taken from.</summary>
    Settled,

    /// <summary>Another source in the place of the settled one.</summary>
    TookOver,

    /// <summary>Packets of this source are dropped. Told once of each source, and of the first few of a stream; all are counted.</summary>
    Refused,

    /// <summary>No source: what the port would send to an own port of the gateway would come back, so nothing is sent there.</summary>
    LeadsBack,
}

/// <summary>A change of a stream's source, with both addresses.</summary>
/// <param name="Change">What has happened.</param>
/// <param name="IsRtcp">On the port of RTCP.</param>
/// <param name="Realm">Index of the port's realm.</param>
/// <param name="Port">The gateway's port that the packets came to.</param>
/// <param name="Source">Where they came from; of <see cref="SourceChange.LeadsBack"/> where they would have gone.</param>
/// <param name="Other">The source that was settled before, or still is; none before the first: the SDP's endpoint, or none where that is not known either.</param>
/// <param name="IsOtherSettled">Whether <paramref name="Other"/> is a settled source; otherwise it is what the SDP says.</param>
/// <param name="Owner">As <see cref="PortPool.TryTake"/> was told.</param>
public readonly record struct SourceEvent(
    SourceChange Change, bool IsRtcp, int Realm, ushort Port, IpEndpoint Source, IpEndpoint Other, bool IsOtherSettled, ulong Owner);
