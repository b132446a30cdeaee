using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;

namespace SipAlg.Calls.Peers;

/// <content>A peer with which the gateway registers, which it pings, or which it reaches by way of proxies. Each value is written whole.</content>
public sealed partial class PeerState
{
    private RegistrationStatus? _registration;
    private ServiceRoute? _serviceRoute;

    /// <summary>The proxies that the registrar wants requests to go by (RFC 3608).</summary>
    /// <param name="Values">Route values, separated by commas.</param>
    /// <param name="Hops">Where the first of them is; null: the same way as REGISTER.</param>
    /// <param name="Time">Of <paramref name="Until"/>; null: they have no end.</param>
    /// <param name="Until">A timestamp.</param>
    private sealed record ServiceRoute(byte[] Values, PeerHops? Hops, TimeProvider? Time, long Until)
    {
        public bool IsOver => Time?.GetTimestamp() >= Until;
    }

    private ServiceRoute? Service => Volatile.Read(ref _serviceRoute) is { IsOver: false } route ? route : null;

    /// <summary>User part of the Contact that is registered with it; empty for a peer with which the gateway does not register.</summary>
    public byte[] ContactUser { get; }

    /// <summary>Nobody can guess the contact.</summary>
    public bool HasSecretContact => Peer.Register is { ContactUser: null };

    /// <summary>The Route value of its outbound proxy; empty without one.</summary>
    public byte[] ProxyRoute { get; }

    /// <summary>The routes of a request to it that is in no dialog (RFC 3261 §8.1.2, RFC 3608 §5): its outbound proxy, then what its registrar said.</summary>
    public ReadOnlySpan<byte> Routes => Service?.Values ?? ProxyRoute;

    /// <summary>Where requests to it go that are in no dialog.</summary>
    public PeerHops Onward => Service?.Hops ?? Hops;

    /// <summary>What is looked for to find it; only for a peer with a next hop.</summary>
    public SipTarget Target => new(Peer.NextHop!.Host, Peer.NextHop.Port, Peer.NextHop.Transport, Peer.NextHop.IsSecure);

    /// <summary>What pings say of it.</summary>
    public PeerReach Reach
    {
        get => Volatile.Read(ref _standing.Reach);
        set => Volatile.Write(ref _standing.Reach, value);
    }

    /// <summary>Null for a peer with which the gateway does not register.</summary>
    public RegistrationStatus? Registration
    {
        get => Volatile.Read(ref _registration);
        set => Volatile.Write(ref _registration, value);
    }

    /// <summary>Requests may go to it: it answers pings, as far as it gets any, and has not asked for a rest.</summary>
    public bool IsUp(TimeProvider time) => !Reach.IsDown && RestLeft(time) == TimeSpan.Zero;

    /// <summary>Takes the registrar's Service-Route, which holds no longer than the registration (RFC 3608 §5).</summary>
    /// <param name="values">Separated by commas; empty: there is none.</param>
    /// <param name="hops">Where the first of them is; null: the same way as REGISTER.</param>
    /// <param name="time">Of <paramref name="until"/>; null: they have no end.</param>
    /// <param name="until">A timestamp.</param>
    public void GoBy(ReadOnlySpan<byte> values, PeerHops? hops, TimeProvider? time = null, long until = 0) =>
        Volatile.Write(ref _serviceRoute, values.IsEmpty ? null : new ServiceRoute(values.ToArray(), hops, time, until));

    /// <summary>The gateway stays registered with it as it was with the same peer before.</summary>
    internal void TakeRegistration(PeerState before)
    {
        Registration = before.Registration;
        Volatile.Write(ref _serviceRoute, Volatile.Read(ref before._serviceRoute));
    }

    /// <summary>Whether a Request-URI is the contact that is registered with it.</summary>
    internal bool IsContact(in SipUri uri)
    {
        Span<byte> user = stackalloc byte[SipLimits.Identifier];
        return ContactUser.Length > 0 && uri.IsSip && PeerContacts.AreSame(user[..uri.CopyUser(user)], ContactUser);
    }

    private static byte[] ContactOf(Peer peer, ContactKey? contacts) => peer.Register switch
    {
        null => [],
        { ContactUser: { } written } => Encoding.UTF8.GetBytes(written),
        var registration => (contacts ?? ContactKey.Draw()).AtPeer(peer, registration),
    };

    private static byte[] RouteOf(PeerAddress? proxy) => proxy is null ? [] : Encoding.ASCII.GetBytes($"<{proxy};lr>");
}
