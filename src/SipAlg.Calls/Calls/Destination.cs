using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <summary>Where a target is now.</summary>
/// <param name="Peer">Null for a target that is no peer.</param>
/// <param name="Flow">The way there.</param>
/// <param name="Host">The host that it knows addresses by.</param>
/// <param name="HostPort">The host in its Request-URI, with the port if it has one.</param>
/// <param name="Uri">The whole Request-URI of a target that is a URI; empty for a peer.</param>
/// <param name="FixesTransport">Its URI names the transport.</param>
internal readonly record struct Destination(PeerState? Peer, Flow Flow, byte[] Host, byte[] HostPort, ReadOnlyMemory<byte> Uri, bool FixesTransport)
{
    /// <summary>The contact of a registered user that it is; null for any other target.</summary>
    public RegisteredContact? Contact { get; init; }


    /// <summary>False while a peer's name has not been resolved, and for a URI that captures made unusable.</summary>
    public static bool TryFind(CallLane lane, RouteTarget target, out Destination destination)
    {
        destination = default;
        if (target.Contact is { } contact)
        {
            return TryContact(lane, contact, out destination);
        }

        if (target.Peer is { } peer)
        {
            var state = lane.Room.Peers[peer.Index];
            if (!state.TryEndpoint(out var endpoint, out var transport) || !lane.Lane.Network.TryFlow(target.Realm, transport, endpoint, out var flow))
            {
                return false;
            }

            destination = new Destination(state, flow, state.Host, state.HostPort, default, peer.Address?.Transport is not null);
            return true;
        }

        var text = Encoding.UTF8.GetBytes(target.Uri!);
        if (!SipUri.TryParse(text, out var uri) || !uri.IsSip || !uri.TryAddress(out var address))
        {
            return false;
        }

        var uriTransport = NextHops.TransportOf(uri);
        var remote = new IpEndpoint(address, uri.Port == 0 ? SipPorts.Default(uriTransport) : uri.Port);
        if (!lane.Lane.Network.TryFlow(target.Realm, uriTransport, remote, out var uriFlow))
        {
            return false;
        }

        var host = uri.Host.ToArray();
        destination = new Destination(null, uriFlow, host, host, text, uri.TryParameter("transport"u8, out _));
        return true;
    }

    private static bool TryContact(CallLane lane, RegisteredContact contact, out Destination destination)
    {
        var found = contact.TryFlow(lane, out var flow);
        destination = new Destination(null, flow, contact.Domain, contact.Domain, contact.Uri, contact.FixesTransport) { Contact = contact };
        return found;
    }

    /// <summary>The names under which a request goes there; null if they are longer than a header field may be.</summary>
    /// <param name="lane">Makes them.</param>
    /// <param name="request">As it came.</param>
    /// <param name="decision">What the dialplan changes.</param>
    /// <param name="id">Of our end.</param>
    /// <param name="identity">Who is told of who asks.</param>
    /// <param name="contact">The URI of a redirection that is followed; empty for the request's own.</param>
    public Dialog? NewDialog(CallLane lane, SipMessage request, RouteDecision decision, MintedId id, in IdentityCrossing identity, ReadOnlySpan<byte> contact = default)
    {
        Span<byte> callId = stackalloc byte[MintedId.TextLength];
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        lane.Lane.MintId(id.Slot).Format(callId);
        id.Format(tag);
        var addresses = new InviteAddresses(request, decision, decision.Domain is { } domain ? Encoding.ASCII.GetBytes(domain) : Host, identity) { Contact = contact };
        var from = new MessageWriter(lane.Names.AsSpan(0, SipLimits.Field));
        addresses.WriteFrom(ref from, tag);
        var to = new MessageWriter(lane.Names.AsSpan(SipLimits.Field, SipLimits.Field));
        addresses.WriteTo(ref to);
        var uri = new MessageWriter(lane.Names.AsSpan(2 * SipLimits.Field, SipLimits.Field));
        if (Uri.IsEmpty)
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

        return from.Overflowed || to.Overflowed || uri.Overflowed ? null : lane.Dialogs.FromOwnRequest(callId, from.Written, to.Written, uri.Written, Contact is null ? default : Contact.Path);
    }
}
