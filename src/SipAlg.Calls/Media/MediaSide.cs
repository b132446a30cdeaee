using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Media;

/// <summary>Which ports one side of a call gets, and what of its far side is known before any SDP.</summary>
internal readonly partial struct MediaSide
{
    /// <summary>Index of the realm whose ports this side gets.</summary>
    public int Realm { get; init; }

    /// <summary>The local address that its ports are bound to.</summary>
    public IpAddress Bind { get; init; }

    /// <summary>The address that its SDP shows.</summary>
    public IpAddress Shown { get; init; }

    /// <summary>Whose ports they are: 0 for the first address of each family.</summary>
    public int Set { get; init; }

    /// <summary>The same in the other address family; none where the realm has no address in it.</summary>
    public MediaAddress Other { get; init; }

    /// <param name="isOther">In the other address family.</param>
    public MediaAddress At(bool isOther) => isOther ? Other : new MediaAddress(Bind, Shown, Set);

    /// <summary>Addresses beside the first ones; default without any.</summary>
    public ImmutableArray<MediaSet> Further { get; init; }

    public Latching Latching { get; init; }

    /// <summary>Where its signalling comes from: a trusted source of media.</summary>
    public IpAddress Signalling { get; init; }

    /// <summary>Further sources of its media; null without any.</summary>
    public IpNetwork[]? MediaFrom { get; init; }

    /// <summary>Of a stream that the far side has not described yet: where it may come from, and nowhere to go.</summary>
    public MediaTarget Undescribed => new() { Latching = Latching, Signalling = Signalling, MediaFrom = MediaFrom };

    /// <summary>How it sends and takes digits.</summary>
    public DtmfMode Dtmf { get; init; }

    /// <summary>Whether SRTP ends at the gateway on this side.</summary>
    public SrtpMode Srtp { get; init; }

    /// <summary>Its SDP shows an address that the far side cannot reach: the gateway is behind NAT and does not know it.</summary>
    public bool IsOutOfReach => Shown.IsPrivate && Signalling is { IsNone: false, IsPrivate: false };

    /// <summary>Addresses of a realm towards a far side that signals by <paramref name="local"/>.</summary>
    public static MediaSide Of(Realm realm, Peer? peer, IpAddress local, IpAddress remote)
    {
        var media = realm.Media;
        var bind = local.IsV4 ? media.BindV4 : media.BindV6;
        if (bind.IsNone)
        {
            // A realm may keep its media in the other family only (an IPv4 media address behind IPv6 signalling).
            bind = local.IsV4 ? media.BindV6 : media.BindV4;
        }

        if (bind.IsNone)
        {
            bind = local;
        }

        var shown = bind.IsV4 ? media.AdvertiseV4 : media.AdvertiseV6;
        if (shown.IsNone && remote.IsV4 == bind.IsV4)
        {
            shown = realm.Advertise.For(remote);
        }

        return new MediaSide
        {
            Realm = realm.Index,
            Bind = bind,
            Shown = !shown.IsNone ? shown : bind.IsUnspecified && bind.IsV4 == local.IsV4 ? local : bind,
            Other = OtherOf(realm, !bind.IsV4),
            Further = realm.Media.Further,
            Latching = realm.Latching,
            Signalling = remote,
            MediaFrom = peer is { MediaFrom.IsEmpty: false } ? [.. peer.MediaFrom] : null,
            Dtmf = peer?.Dtmf ?? DtmfMode.Pass,
            Srtp = peer?.Srtp ?? realm.Srtp,
        };
    }

    /// <summary>Where media of the other family is bound, if the realm says so or listens in it at an address of its own.</summary>
    private static MediaAddress OtherOf(Realm realm, bool isV4)
    {
        var bind = isV4 ? realm.Media.BindV4 : realm.Media.BindV6;
        foreach (var listen in realm.Listen)
        {
            if (bind.IsNone && listen.Endpoint.Address.IsV4 == isV4 && !listen.Endpoint.Address.IsUnspecified)
            {
                bind = listen.Endpoint.Address;
            }
        }

        if (bind.IsNone)
        {
            return default;
        }

        var shown = isV4 ? realm.Media.AdvertiseV4 : realm.Media.AdvertiseV6;
        var advertised = isV4 ? realm.Advertise.V4 : realm.Advertise.V6;
        return new MediaAddress(bind, !shown.IsNone ? shown : !advertised.IsNone ? advertised : bind);
    }
}
