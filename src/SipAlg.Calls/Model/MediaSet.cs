using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Model;

/// <summary>
/// Addresses of a realm's media, one of each family at most, that share one account of ports; none where nothing is written. The n-th
/// IPv4 and the n-th IPv6 address of <c>media.bind</c> make a set.
/// </summary>
/// <param name="BindV4">Bound for IPv4 streams.</param>
/// <param name="BindV6">Bound for IPv6 streams.</param>
/// <param name="AdvertiseV4">Shown in SDP; none: the bound address.</param>
/// <param name="AdvertiseV6">Shown in SDP; none: the bound address.</param>
public readonly record struct MediaSet(IpAddress BindV4, IpAddress BindV6, IpAddress AdvertiseV4, IpAddress AdvertiseV6)
{
    public IpAddress Bind(bool isV4) => isV4 ? BindV4 : BindV6;

    public IpAddress Shown(bool isV4) => (isV4 ? AdvertiseV4 : AdvertiseV6) is { IsNone: false } advertised ? advertised : Bind(isV4);
}
