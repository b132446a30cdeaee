using System.Text;
using SipAlg.Calls.Media;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

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

    /// <summary>Services of this host listen at its loopback address, and trust whoever reaches them.</summary>
    [Theory]
    [InlineData("203.0.113.5", "127.0.0.1", true)]
    [InlineData("203.0.113.5", "127.9.9.9", true)]
    [InlineData("203.0.113.5", "::1", true)]
    [InlineData("203.0.113.5", "203.0.113.6", false)]
    [InlineData("127.0.0.5", "127.0.0.1", false)]
    public void Who_signals_from_elsewhere_has_no_stream_at_the_loopback_address(string there, string sdp, bool isRefused)
    {
        var description = new SdpDescription();
        var text = Encoding.ASCII.GetBytes($"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN {(sdp.Contains(':') ? "IP6" : "IP4")} {sdp}\r\nt=0 0\r\nm=image 2223 udptl t38\r\na=rtcp:53\r\n");
        Assert.Equal(SdpFault.None, SdpParser.Parse(description, text, 0, text.Length));
        var target = Towards(there, Realm).Described(description.Media(0));
        Assert.Equal((isRefused, isRefused), (target.Rtp.IsNone, target.Rtcp.IsNone));
    }

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
