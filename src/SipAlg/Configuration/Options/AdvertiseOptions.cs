using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Options;

/// <summary>A realm's <c>advertise</c>: a scalar or list of addresses, or a mapping with exceptions.</summary>
internal sealed class AdvertiseOptions
{
    /// <summary>IP addresses or one host name.</summary>
    public IReadOnlyList<Located<string>> Address { get; private set; } = [];

    public IReadOnlyList<Located<IpNetwork>> Except { get; private set; } = [];

    public static Shape<AdvertiseOptions> Shape { get; } = CreateShape();

    private static EitherShape<AdvertiseOptions> CreateShape()
    {
        var addresses = new ListShape<string>(Scalars.AddressOrHostName, allowsOne: true);
        var bare = new MappedShape<IReadOnlyList<Located<string>>, AdvertiseOptions>(addresses, list => new AdvertiseOptions { Address = list });
        var full = new ObjectShape<AdvertiseOptions>(_ => new AdvertiseOptions())
            .Required("address", addresses, (o, v) => o.Address = v.Value, "An IPv4 and an IPv6 address, or one host name.")
            .Key("except", new ListShape<IpNetwork>(Scalars.Network, allowsOne: true), (o, v) => o.Except = v.Value, "Destinations that are shown the local address.");
        return new EitherShape<AdvertiseOptions>("an address, a list of addresses, or a mapping with address and except", bare, bare, full);
    }
}
