using System.Collections.Immutable;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Tables;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Building;

/// <summary>Turns options without errors into the immutable model, defaults filled in.</summary>
internal static class ModelBuilder
{
    /// <param name="users">Wherever they are written.</param>
    /// <param name="fraud">Builds the limits of users and peers.</param>
    /// <param name="before">The model that it takes the place of, whose realms, peers and users keep their indexes; null at a start.</param>
    /// <param name="access">Of each realm, with the lists that it names.</param>
    /// <param name="dialplan">Builds the routes, which refer to realms, peers and users.</param>
    public static GatewayModel Build(
        GatewayOptions options, IReadOnlyList<Named<UserOptions>> users, FraudBuilder fraud, GatewayModel? before, AccessLists access, Func<ImmutableArray<Realm>, ImmutableArray<Peer>, UserTable, RouteTable> dialplan)
    {
        var known = new UserBuilder(users, options.Realms.SelectMany(realm => UserBuilder.Algorithms(realm.Value)), before?.Users ?? UserTable.Empty, fraud);
        var realms = Realms(options, known, access, before?.Realms ?? []);
        var peers = Peers(options, realms, before?.Peers ?? [], fraud);
        realms = [.. realms.Select(realm => realm with { Relay = RegistrationsBuilder.Relay(options.Realms.FirstOrDefault(written => written.Name == realm.Name)?.Value.Registrations, peers) })];
        return new GatewayModel
        {
            Realms = realms,
            Peers = peers,
            Users = known.Table,
            Dialplan = dialplan(realms, peers, known.Table),
            Sip = new SipSettings(options.Sip?.T1?.Value ?? TimeSpan.FromMilliseconds(500), options.Sip?.Lanes?.Value ?? 1) { SeparatesStrangers = options.Sip?.SeparateStrangers?.Value ?? true },
            Calls = Calls(options.Calls, options.Trace) with { IdField = options.Trace?.Header?.Value },
        };
    }

    private static ImmutableArray<Realm> Realms(GatewayOptions options, UserBuilder users, AccessLists access, ImmutableArray<Realm> before)
    {
        var places = new Places(before.Select(realm => realm.Name), options.Realms.Select(realm => realm.Name));
        return places.Arrange(
            before, options.Realms.Select((realm, rank) => Realm(realm, places[rank]) with { Authentication = users.Domain(realm.Value), Access = access.Of(realm.Value) }), gone => gone with { IsRemoved = true, Authentication = null });
    }

    /// <summary>Of a peer that is gone nothing is left but its name and its place.</summary>
    private static ImmutableArray<Peer> Peers(GatewayOptions options, ImmutableArray<Realm> realms, ImmutableArray<Peer> before, FraudBuilder fraud)
    {
        var places = new Places(before.Select(peer => peer.Name), options.Peers.Select(peer => peer.Name));
        return places.Arrange(
            before, options.Peers.Select((peer, rank) => PeerBuilder.Build(
                peer, places[rank], rank, realms, TlsBuilder.IsShownCertificate(peer.Value, options.Realms.FirstOrDefault(realm => realm.Name == peer.Value.Realm?.Value)?.Value)) with { Fraud = fraud.OfPeer(peer.Value.Fraud) }), gone => gone with { IsRemoved = true });
    }

    private static CallSettings Calls(CallOptions? calls, TraceOptions? trace) => new(
        calls?.NoAnswer?.Value ?? TimeSpan.FromMinutes(3),
        calls?.MaxDuration is { } most ? most.Value : TimeSpan.FromHours(4),
        calls?.StopWait?.Value ?? TimeSpan.Zero)
    {
        SessionExpires = calls?.SessionExpires is { } interval ? interval.Value : TimeSpan.FromMinutes(30),
        MediaTimeout = calls?.MediaTimeout is { } media ? media.Value : TimeSpan.FromSeconds(60),
        HoldTimeout = calls?.HoldTimeout?.Value,
        SeriesStep = trace?.Series is { } series ? series.Value : TimeSpan.FromSeconds(5),
    };

    private static Realm Realm(Named<RealmOptions> realm, int index) => new()
    {
        Index = index,
        Name = realm.Name,
        Listen = [.. realm.Value.Listen!.Value.Select(listen => listen.Value)],
        Advertise = Advertise(realm.Value.Advertise),
        Media = Media(realm.Value.Media),
        IsNatAware = realm.Value.Nat?.Value ?? true,
        KeepAlive = realm.Value.KeepAlive is { } keepAlive ? keepAlive.Build() : KeepAliveRule.Default,
        Latching = realm.Value.Latching?.Value ?? Latching.Symmetric,
        Srtp = realm.Value.Srtp?.Value ?? SrtpMode.Off,
        Registrar = RegistrationsBuilder.Registrar(realm.Value.Registrations),
    };

    private static AdvertiseRule Advertise(AdvertiseOptions? advertise)
    {
        var addresses = (advertise?.Address ?? []).Select(text => IpAddress.TryParse(text.Value, out var address) ? address : default).ToArray();
        return new AdvertiseRule
        {
            V4 = addresses.FirstOrDefault(address => address.IsV4),
            V6 = addresses.FirstOrDefault(address => address.IsV6),
            HostName = addresses is [{ IsNone: true }] ? advertise!.Address[0].Value : null,
            Except = [.. (advertise?.Except ?? []).Select(network => Prefixes.Normalise(network.Value))],
        };
    }

    private static RealmMedia Media(RealmMediaOptions? media)
    {
        var ports = media?.Ports?.Value ?? PortRange.Default;
        return new RealmMedia
        {
            BindV4 = Of(media?.Bind, isV4: true),
            BindV6 = Of(media?.Bind, isV4: false),
            AdvertiseV4 = Of(media?.Advertise, isV4: true),
            AdvertiseV6 = Of(media?.Advertise, isV4: false),
            Further = Further(media),
            FirstPort = ports.First,
            LastPort = ports.Last,
            Reserve = media?.Reserve?.Value ?? 0,
            Dscp = media?.Dscp?.Value ?? 0,
        };
    }

    /// <summary>The n-th address of a family that is shown is that of the n-th that is bound.</summary>
    private static ImmutableArray<MediaSet> Further(RealmMediaOptions? media) => [.. Enumerable.Range(1, (media?.Sets ?? 1) - 1).Select(set =>
        new MediaSet(Of(media!.Bind, isV4: true, set), Of(media.Bind, isV4: false, set), Of(media.Advertise, isV4: true, set), Of(media.Advertise, isV4: false, set)))];

    private static IpAddress Of(IReadOnlyList<Located<IpAddress>>? addresses, bool isV4, int place = 0) =>
        (addresses ?? []).Select(address => address.Value).Where(address => address.IsV4 == isV4).ElementAtOrDefault(place);
}
