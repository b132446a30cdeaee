using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <summary>Where a target is now.</summary>
/// <param name="Peer">Null for a target that is no peer.</param>
/// <param name="Hops">Its places.</param>
/// <param name="Hop">The one of its places that this is.</param>
/// <param name="Flow">The way there.</param>
/// <param name="Host">The host that it knows addresses by.</param>
/// <param name="HostPort">The host in its Request-URI, with the port if it has one.</param>
/// <param name="Uri">The whole Request-URI of a target that is a URI; empty for a peer.</param>
/// <param name="FixesTransport">Its URI names the transport.</param>
internal readonly record struct Destination(PeerState? Peer, HopQueue Hops, SipHop Hop, Flow Flow, byte[] Host, byte[] HostPort, ReadOnlyMemory<byte> Uri, bool FixesTransport)
{
    /// <summary>The contact of a registered user that it is; null for any other target.</summary>
    public RegisteredContact? Contact { get; init; }

    /// <summary>The next place of a target that this realm has a way to. False: there is none left.</summary>
    /// <param name="lane">Whose network it is.</param>
    /// <param name="target">A peer or a URI.</param>
    /// <param name="hops">Its places; those that are looked at are taken.</param>
    /// <param name="destination">The way there.</param>
    /// <param name="isSips">Whoever asks wants TLS on every hop (RFC 3261 §26.2.2): there is no other way.</param>
    public static bool TryFind(CallLane lane, RouteTarget target, HopQueue hops, out Destination destination, bool isSips = false)
    {
        while (hops.HasNext)
        {
            var hop = hops.Take(out var way);
            if ((way is not null ? way.TryFlow(lane, out var flow) : lane.TryFlow(target, hop, out flow)) && (!isSips || flow.Transport == Transport.Tls) &&
                (way ?? target.Contact)?.LeadsPastDialplan(lane, flow.Remote) != true)
            {
                destination = At(lane, way is null ? target : target with { Contact = way }, hops, hop, flow);
                return true;
            }
        }

        destination = default;
        return false;
    }

    private static Destination At(CallLane lane, RouteTarget target, HopQueue hops, SipHop hop, in Flow flow)
    {
        if (target.Contact is { } contact)
        {
            return new Destination(null, hops, hop, flow, contact.Domain, contact.Domain, contact.Uri, contact.FixesTransport) { Contact = contact };
        }

        if (target.Peer is { } peer)
        {
            var state = lane.Room.Peers[peer.Index];
            return new Destination(state, hops, hop, flow, state.Host, state.HostPort, default, peer.NextHop?.Transport is not null);
        }

        var text = Encoding.UTF8.GetBytes(target.Uri!);
        _ = SipUri.TryParse(text, out var uri);
        var host = uri.Host.ToArray();
        return new Destination(null, hops, hop, flow, host, host, text, uri.TryParameter("transport"u8, out _));
    }

    /// <summary>The names under which a request goes there; null if they are longer than a header field may be.</summary>
    /// <param name="lane">Makes them.</param>
    /// <param name="request">As it came.</param>
    /// <param name="decision">What the dialplan changes.</param>
    /// <param name="id">Of our end.</param>
    /// <param name="identity">Who is told of who asks.</param>
    /// <param name="contact">The URI of a redirection that is followed; empty for the request's own.</param>
    /// <param name="isSips">It is asked by a sips URI, whatever it is called by usually.</param>
    public Dialog? NewDialog(CallLane lane, SipMessage request, RouteDecision decision, MintedId id, in IdentityCrossing identity, ReadOnlySpan<byte> contact = default, bool isSips = false)
    {
        Span<byte> callId = stackalloc byte[MintedId.TextLength];
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        lane.Lane.MintId(id.Slot).Format(callId);
        id.Format(tag);
        var addresses = new InviteAddresses(request, decision, decision.Domain is { } domain ? Encoding.ASCII.GetBytes(domain) : Host, identity) { Contact = contact, IsSips = isSips || Peer is { Peer.Address.IsSecure: true } };
        var from = new MessageWriter(lane.Names.AsSpan(0, SipLimits.Field));
        addresses.WriteFrom(ref from, tag);
        var to = new MessageWriter(lane.Names.AsSpan(SipLimits.Field, SipLimits.Field));
        addresses.WriteTo(ref to);
        var uri = new MessageWriter(lane.Names.AsSpan(2 * SipLimits.Field, SipLimits.Field));
        if (decision.KeepsUri && contact.IsEmpty)
        {
            uri.Write(request[request.RequestUri]);
        }
        else if (Uri.IsEmpty)
        {
            addresses.WriteRequestUri(ref uri, decision.Domain is { } host ? Encoding.ASCII.GetBytes(host) : HostPort);
        }
        else if (Contact is { } registered)
        {
            registered.WriteUri(ref uri, decision.Called);
        }
        else
        {
            uri.Write(Uri.Span);
        }

        return from.Overflowed || to.Overflowed || uri.Overflowed ? null : lane.Dialogs.FromOwnRequest(callId, from.Written, to.Written, uri.Written, Contact is not null ? Contact.Path : Peer is not null ? Peer.Routes : default);
    }
}
