using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Admission;

/// <summary>On whose behalf the dialplan is asked: what its conditions on realm, peer, user and source see.</summary>
/// <param name="Peer">Null for somebody who is no peer.</param>
/// <param name="User">Null for somebody who has not proven to be one.</param>
internal readonly record struct RouteRights(int Realm, Peer? Peer, IpAddress Source, User? User = null)
{
    /// <summary>The rights of the far side of a leg, which a Contact may have moved elsewhere.</summary>
    /// <param name="leg">Whose.</param>
    /// <param name="source">Where the request came from that asks.</param>
    public static RouteRights Of(Leg leg, IpAddress source) => new(leg.Realm, leg.Peer?.Peer, source, leg.User);
}

/// <summary>
/// Asks the dialplan: about a request that came, and about one that the gateway is to make on somebody's behalf, be it for a
/// redirection's contact or for a transfer's target.
/// </summary>
internal sealed class RouteFinder(CallLane lane)
{
    /// <summary>RFC 5627 §5.3: for a temporary GRUU that is not valid.</summary>
    private static readonly RouteDecision NoDevice = new() { Rejection = new Rejection(404, "No such device") };

    private readonly RequestHeaders _headers = new();

    /// <summary>Of the last question that no route matched: which one nearly did.</summary>
    public NearestRoute? Nearest { get; private set; }

    /// <summary>Whether the last question was the dialplan's to answer.</summary>
    public bool HasAsked { get; private set; }

    /// <summary>Where a request outside a dialog goes.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="sender">Who sent it: a user who is not trusted calls by a number of his own, unless the dialplan sets one.</param>
    public RouteDecision Find(SipMessage request, in Flow flow, in Sender sender)
    {
        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        Span<byte> caller = stackalloc byte[SipLimits.Identifier];
        (HasAsked, Nearest) = (false, null);
        _ = SipUri.TryParse(request[request.RequestUri], out var uri);
        if (RelayRoutes.OfContact(lane.Room.Model, sender.Peer?.Peer, uri.User) is { } toPhone)
        {
            return toPhone;
        }

        caller = caller[..CallNumbers.Caller(request, sender, caller)];
        called = called[..CallNumbers.Called(request, sender.Peer, called)];
        var decision = Decide(
            new RouteRights(sender.Realm, sender.Peer?.Peer, flow.Remote.Address, sender.User), request[request.MethodText], uri, called, caller, request);
        if (sender.Peer is { } peer && CallNumbers.IsToContact(request, peer))
        {
            // The contact is between the registrar and us: nobody else is called by it.
            decision = decision with { Called = decision.Called ?? Encoding.UTF8.GetString(called) };
        }

        return sender.IsForced ? decision with { Caller = decision.Caller ?? Encoding.UTF8.GetString(caller), IsCallerProven = true } : decision;
    }

    /// <summary>Where an INVITE goes that the gateway makes for somebody who named a URI.</summary>
    /// <param name="rights">Who named it: a redirector, a transferor.</param>
    /// <param name="uri">Its user part, or the number of a tel URI, is the number called; its host is the domain. Never the way there.</param>
    /// <param name="caller">The caller's number, unescaped UTF-8.</param>
    /// <param name="headers">The request whose header fields the routes may ask for; null: there are none.</param>
    /// <returns>A rejection 404 too for what is no URI.</returns>
    public RouteDecision Find(in RouteRights rights, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> caller, SipMessage? headers)
    {
        if (!SipUri.TryParse(uri, out var parsed) || !(parsed.IsSip || parsed.Scheme == UriScheme.Tel))
        {
            return RouteDecision.None;
        }

        if (RelayRoutes.OfContact(lane.Room.Model, rights.Peer, parsed.User) is { } toPhone)
        {
            return toPhone;
        }

        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        return Decide(rights, SipMethods.Name(SipMethod.Invite), parsed, called[..parsed.CopyUser(called)], caller, headers);
    }

    /// <summary>A GRUU (RFC 5627) is a call to its user, of whom only the device rings that it names; the dialplan says where, as of any other.</summary>
    private RouteDecision Decide(
        in RouteRights rights, ReadOnlySpan<byte> method, in SipUri uri, ReadOnlySpan<byte> called, ReadOnlySpan<byte> caller, SipMessage? headers)
    {
        if (!NamedDevice.TryOf(lane, uri, out var device))
        {
            return NoDevice;
        }

        var decision = Decide(rights, method, device is { IsTemporary: true } ? Encoding.UTF8.GetBytes(device.User.Name) : called, caller, uri.Host, headers);
        return device is null ? decision : decision with
        {
            Targets = [.. decision.Targets.Select(target => target.Kind == TargetKind.Registered ? target with { Device = device } : target)],
            Called = decision.Called ?? (device.IsTemporary ? device.User.Name : null),
        };
    }

    private RouteDecision Decide(
        in RouteRights rights, ReadOnlySpan<byte> method, ReadOnlySpan<byte> called, ReadOnlySpan<byte> caller, ReadOnlySpan<byte> domain, SipMessage? headers)
    {
        Span<char> text = stackalloc char[4 * SipLimits.Identifier];
        var request = new RouteRequest
        {
            Realm = rights.Realm,
            Peer = rights.Peer,
            User = rights.User,
            Source = rights.Source,
            Method = Decode(method, ref text),
            Called = Decode(called, ref text),
            Caller = Decode(caller, ref text),
            Domain = Decode(domain, ref text),
            Headers = headers is null ? null : _headers.Of(headers),
            At = lane.Room.Time.GetUtcNow(),
        };
        var decision = lane.Room.Model.Dialplan.Decide(request);
        HasAsked = true;
        if (rights.User is { IsStranger: true } && decision.Route is not { IsUnauthenticated: true })
        {
            return RouteDecision.None;
        }

        Nearest = decision.Route is null ? NearestRoute.Of(lane.Room.Model.Dialplan, request) : null;
        return rights.User is { Registrar: not null } ? lane.Room.Model.Realms[rights.Realm].Relay?.Towards(decision) ?? RouteDecision.None : decision;
    }

    /// <summary>As characters, cut to the length of an identifier, in the front part of what is left of the room.</summary>
    private static ReadOnlySpan<char> Decode(ReadOnlySpan<byte> octets, ref Span<char> room)
    {
        var length = Encoding.UTF8.GetChars(octets[..Math.Min(octets.Length, SipLimits.Identifier)], room);
        var decoded = room[..length];
        room = room[length..];
        return decoded;
    }
}
