using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <content>Where its far side may have its streams sent.</content>
internal readonly partial struct MediaSide
{
    /// <summary>
    /// Where the far side receives what a c= line describes; none on hold. A name (RFC 8866 §5.7) is not looked up while a call waits for it:
    /// who is called by his name receives where he signals, or tells by his first packet.
    /// </summary>
    public IpAddress ReceivedAt(in SdpConnection connection) =>
        connection.IsHold ? default : connection.Kind == SdpConnectionKind.Name ? Signalling : connection.Address;

    /// <summary>Where a stream goes and may come from, as a description says.</summary>
    public MediaTarget Described(in SdpMedia media)
    {
        var address = ReceivedAt(media.Connection);
        var rtcp = media.RtcpAddress.IsNone ? address : media.RtcpAddress;
        return Undescribed with
        {
            Rtp = MayReceiveAt(address) ? new IpEndpoint(address, media.Port) : default,
            Rtcp = media.RtcpPort != 0 && MayReceiveAt(rtcp) ? new IpEndpoint(rtcp, media.RtcpPort) : default,
        };
    }

    /// <summary>
    /// The loopback address is this host's own: services listen there that trust whoever reaches them. Who signals from elsewhere has no streams
    /// there, unless media_from says so.
    /// </summary>
    private bool MayReceiveAt(IpAddress address) =>
        !address.IsNone && (!address.IsLoopback || Signalling.IsLoopback || MediaFrom?.Any(network => network.Contains(address)) == true);
}
