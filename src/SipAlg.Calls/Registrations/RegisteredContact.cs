using System.Collections.Immutable;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>A contact of a registered user as who calls it sees it: a copy, which outlives the binding.</summary>
internal sealed record RegisteredContact
{
    public required User User { get; init; }

    /// <summary>The host of the user's address.</summary>
    public required byte[] Domain { get; init; }

    /// <summary>As it was registered, parameters included.</summary>
    public required byte[] Uri { get; init; }

    /// <summary>The values of its Path, in the order of use (RFC 3327 §5.3); empty without any.</summary>
    public required byte[] Path { get; init; }

    /// <summary>The URN of its device; empty if it named none.</summary>
    public byte[] Instance { get; init; } = [];

    /// <summary>The other contacts of its device, the newest first: to be tried where this one fails.</summary>
    public ImmutableArray<RegisteredContact> Others { get; init; } = [];

    /// <summary>When it ends, and its number: the greater, the newer.</summary>
    public (long Expires, long Id) Age { get; init; }

    /// <summary>It has left the last ping unanswered, though it has answered others before: whatever else its device has is tried first.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The way that its REGISTER came.</summary>
    public required Flow Flow { get; init; }
    public required BindingTraits Traits { get; init; }
    public required int Realm { get; init; }

    /// <summary>In thousandths: those of one preference ring together.</summary>
    public required int Q { get; init; }

    /// <summary>The number that was called, if it is one of a range: then it stands in the Request-URI, since who registered has many.</summary>
    public string? RangeNumber { get; init; }

    /// <summary>
    /// Requests in its dialogs too go the way that it registered by, whatever its Contact says. By a Path that is a proxy's, which holds the
    /// flow (RFC 5626 §5.3): routes lead there, and it may send from elsewhere.
    /// </summary>
    public bool KeepsFlow => Traits != BindingTraits.None && Path.Length == 0;

    /// <summary>It is reached the way that it registered by: from behind NAT, by an open connection, or as a flow (RFC 5626 §5.3).</summary>
    private bool IsByFlow => !IsCutOff && (KeepsFlow || Flow.Connection != 0);

    /// <summary>Its connection is gone.</summary>
    private bool IsCutOff => Flow is { IsReliable: true, Connection: 0 };

    /// <summary>Large requests to it do not change to TCP.</summary>
    public bool FixesTransport => IsByFlow || (SipUri.TryParse(Uri, out var uri) && uri.TryParameter("transport"u8, out _));

    /// <summary>Whether anything sent to it may arrive: without its connection only a proxy or a public address takes one.</summary>
    public bool IsReachable => !IsCutOff || Path.Length > 0 || (IsOpenable(Flow.Transport) && SipUri.TryParse(Uri, out var uri) && uri.TryAddress(out var address) && !address.IsPrivate);

    /// <summary>A phone has no certificate that we could tell it by: with TLS it is reached by its own connection alone, but a proxy by its name.</summary>
    private bool IsOpenable(Transport transport) => transport != Transport.Tls || Path.Length > 0;

    private ReadOnlySpan<byte> NextHop
    {
        get
        {
            var list = new ValueList(Path);
            return list.MoveNext() && NameAddress.TryParse(list.Current, out var first) ? first.Uri : Uri;
        }
    }

    /// <summary>
    /// The name that has to be looked up to find the way there (RFC 3263); null where there is none. Our own domain is no place to go: it
    /// leads here.
    /// </summary>
    public SipTarget? HostName(CallLane lane) =>
        !IsByFlow && !IsCutOff && lane.Room.Names is not null && SipUri.TryParse(NextHop, out var uri) && !uri.TryAddress(out _) && !lane.IsOwnDomain(uri.Host) &&
        SipTarget.TryOf(uri, out var target) && PeerAddress.IsHostName(target.Host) ? target : null;

    /// <summary>The way there, as far as it is known without looking a name up: else the one that its REGISTER came.</summary>
    public bool TryFlow(CallLane lane, out Flow flow)
    {
        flow = Flow;
        if (IsByFlow)
        {
            return true;
        }

        if (!SipUri.TryParse(NextHop, out var uri) || !uri.TryAddress(out var address))
        {
            return !IsCutOff;
        }

        var transport = NextHops.TransportOf(uri);
        var remote = new IpEndpoint(address, uri.Port == 0 ? SipPorts.Default(transport) : uri.Port, Flow.Remote.Scope);
        if (transport == Flow.Transport && remote == Flow.Remote && !IsCutOff)
        {
            return true;
        }

        var isFound = IsOpenable(transport) && lane.Lane.Network.TryFlow(Realm, transport, remote, out flow);
        flow = flow.Towards(lane.FarOf(transport, uri));
        return isFound;
    }

    /// <summary>
    /// Whether this is the address of a system which calls are sent to, or of this host, named by somebody who is elsewhere: a peer knows the
    /// gateway by its address and would do what it asks, so that who names one in his Contact or Path would call there past the dialplan;
    /// so does what listens on this host and trusts it.
    /// </summary>
    public bool LeadsPastDialplan(CallLane lane, in IpEndpoint remote)
    {
        var address = remote.Address;
        if (address == Flow.Remote.Address)
        {
            return false;
        }

        if (IsHere(lane, remote) && !IsHere(lane, Flow.Remote))
        {
            return true;
        }

        foreach (var state in lane.Room.Peers)
        {
            if (!lane.Room.Model.Peers[state.Peer.Index].IsRemoved && state.Peer is { Address: not null } peer && (IsAt(state, address) || lane.Room.PeerTable.MayBe(peer, peer.Realm, address)) &&
                !lane.Room.PeerTable.MayBe(peer, peer.Realm, Flow.Remote.Address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Linux takes the unspecified address for loopback.</summary>
    private static bool IsHere(CallLane lane, in IpEndpoint remote) =>
        remote.Address.IsLoopback || remote.Address.IsUnspecified || lane.Lane.Network.IsHere(remote);

    private static bool IsAt(PeerState peer, IpAddress address)
    {
        foreach (var hop in peer.Hops.All)
        {
            if (hop.Endpoint.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The Request-URI: the contact without header fields, which none has (RFC 3261 §19.1.1).</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="called">The number that the dialplan sets; null if it sets none.</param>
    public void WriteUri(ref MessageWriter writer, string? called)
    {
        _ = SipUri.TryParse(Uri, out var uri);
        var text = uri.Headers.IsEmpty ? uri.Text : uri.Text[..^(uri.Headers.Length + 1)];
        if (RangeNumber is null)
        {
            writer.Write(text);
            return;
        }

        writer.Write("sip:"u8);
        UriWriter.WriteUser(ref writer, called ?? RangeNumber);
        writer.Write((byte)'@');
        writer.Write(text[uri.HostStart..]);
    }
}
