using SipAlg.Calls.Media;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Which address SDP shows to whom.</summary>
public sealed class MediaSideTests
{
    private static readonly IpAddress Local = IpAddress.Parse("192.168.1.10");

    private static readonly Realm Realm = new()
    {
        Index = 0, Name = "r", Listen = [], Advertise = AdvertiseRule.Local, Latching = Latching.Symmetric, Media = new RealmMedia { FirstPort = 20000, LastPort = 20009 },
    };

    private static MediaSide Towards(string there, Realm realm) => MediaSide.Of(realm, null, Local, IpAddress.Parse(there));

    [Theory]
    [InlineData("203.0.113.5", true)]
    [InlineData("192.168.1.99", false)]
    [InlineData("127.0.0.1", false)]
    public void A_private_address_is_out_of_reach_for_a_public_one(string there, bool isOutOfReach)
    {
        var side = Towards(there, Realm);
        Assert.Equal(Local, side.Shown);
        Assert.Equal(isOutOfReach, side.IsOutOfReach);
    }

    [Fact]
    public void What_is_advertised_is_shown_but_to_those_excepted()
    {
        var behindNat = Realm with { Advertise = new AdvertiseRule { V4 = IpAddress.Parse("198.51.100.10"), Except = [new IpNetwork(IpAddress.Parse("192.168.1.0"), 24)] } };
        Assert.Equal("198.51.100.10", Towards("203.0.113.5", behindNat).Shown.ToString());
        Assert.False(Towards("203.0.113.5", behindNat).IsOutOfReach);
        Assert.Equal(Local, Towards("192.168.1.99", behindNat).Shown);
    }
}
