using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Lanes;

/// <content>Who is at the far end of a connection with TLS, or has to be (RFC 5922, RFC 5923).</content>
public sealed partial class CallLane
{
    /// <summary>The way to one of a peer's places, and to nobody else there.</summary>
    internal bool TryFlow(PeerState peer, SipHop hop, out Flow flow)
    {
        var isFound = Lane.Network.TryFlow(peer.Peer.Realm, hop.Transport, hop.Endpoint, out flow);
        flow = flow.Towards(peer.Far);
        return isFound;
    }

    /// <summary>The way to one of the places of a target that is a peer or a URI.</summary>
    internal bool TryFlow(RouteTarget target, SipHop hop, out Flow flow)
    {
        if (target.Peer is { } peer)
        {
            return TryFlow(Room.Peers[peer.Index], hop, out flow);
        }

        var isFound = Lane.Network.TryFlow(target.Realm, hop.Transport, hop.Endpoint, out flow);
        if (isFound && hop.Transport == Transport.Tls && target.Uri is { } text && SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri))
        {
            flow = flow.Towards(FarOf(hop.Transport, uri));
        }

        return isFound;
    }

    /// <summary>Who has to be where a URI leads: whoever its host names (RFC 5922 §7.3).</summary>
    internal ushort FarOf(Transport transport, scoped in SipUri uri) =>
        transport == Transport.Tls ? Lane.Network.Identities.OfHost(Encoding.ASCII.GetString(uri.Host).Trim('[', ']')).Number : default;

    /// <summary>Who has to be where the next hop of a dialog is: the peer that it is with, where that is known by its names; else whoever the URI names.</summary>
    internal ushort FarOf(DialogEnd? end, Transport transport, scoped in SipUri uri) => end?.Peer is { Far: not 0 } peer ? peer.Far : FarOf(transport, uri);

    /// <summary>Who sends by this way: the peer that its certificate names, else the one whose source it is; null for nobody.</summary>
    /// <param name="flow">The way.</param>
    /// <param name="host">Of the Request-URI; empty where it does not matter.</param>
    internal Peer? PeerOf(in Flow flow, ReadOnlySpan<byte> host)
    {
        var realm = Lane.Group(flow.Listener);
        return (flow.Far == 0 ? null : Room.PeerTable.FindByName(realm, NamesOf(flow), host)) ?? Room.PeerTable.Find(realm, flow.Remote.Address, host);
    }

    /// <summary>Whether a peer's requests may come this way.</summary>
    private bool MayBe(Peer peer, int realm, in Flow flow) =>
        Room.PeerTable.MayBe(peer, realm, flow.Remote.Address) || (flow.Far != 0 && Room.PeerTable.MayBeNamed(peer, realm, NamesOf(flow)));

    /// <summary>Whether a way is as safe as what an end is entitled to: nothing of a sips dialog, or of a peer that has to prove who it is, comes by another.</summary>
    private bool IsSafeFor(DialogEnd end, in Flow flow) =>
        (flow.Transport == Transport.Tls || !end.Dialog.IsSips) &&
        (end.Peer is not { Peer.RequiresCertificate: true } || Room.PeerTable.MayBeNamed(end.Peer.Peer, end.Realm, NamesOf(flow)));

    /// <summary>What is proven of who is there.</summary>
    internal System.Collections.Immutable.ImmutableArray<string> NamesOf(in Flow flow) => Lane.Network.Identities[flow.Far].Names;

    /// <summary>Why the certificate that was shown on this way proves nothing; done where it does, or where there is no TLS.</summary>
    internal TlsResult CertificateFault(in Flow flow) => flow.Transport == Transport.Tls ? Lane.Network.Identities[flow.Far].Fault : TlsResult.Done;

    /// <summary>
    /// A peer that has proven who it is wants its connection used for requests to it too (RFC 5923 §5): from now on it is the way to where
    /// its Via says that it takes connections.
    /// </summary>
    private void Alias(Peer peer, SipMessage request, in Flow flow)
    {
        var far = Room.Peers[peer.Index].Far;
        if (far == 0 || flow.Far == far || !Room.PeerTable.MayBeNamed(peer, Lane.Group(flow.Listener), NamesOf(flow)) || !request.TryTopVia(out var via) || !HasAlias(via))
        {
            return;
        }

        var port = via.Port == 0 ? SipPorts.Default(flow.Transport) : via.Port;
        Lane.Network.Alias(flow.Connection, flow.Remote.WithPort(port), far);
    }

    private static bool HasAlias(in Via via)
    {
        var parameters = new Parameters(via.Parameters);
        while (parameters.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(parameters.Name, "alias"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The peer that a request outside a dialog comes from; null for nobody.</summary>
    internal Peer? PeerSending(SipMessage request, in Flow flow, ReadOnlySpan<byte> host)
    {
        var peer = PeerOf(flow, host);
        if (peer is not null && flow.Far != 0)
        {
            Alias(peer, request, flow);
        }

        return peer;
    }
}
