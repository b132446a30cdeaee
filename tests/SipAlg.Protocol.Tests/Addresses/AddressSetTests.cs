using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Tests.Addresses;

public sealed class AddressSetTests
{
    [Theory]
    [InlineData("10.0.0.0", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("9.255.255.255", false)]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    [InlineData("255.255.255.255", true)]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    public void Holds_what_its_blocks_hold(string address, bool isIn) => Assert.Equal(
        isIn, Set("10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "255.255.255.255", "ffff::/16").Contains(IpAddress.Parse(address)));

    [Fact]
    public void Blocks_that_meet_are_one_range() => Assert.Equal(2, Set("10.0.0.0/9", "10.128.0.0/9", "10.1.0.0/16", "2001:db8::/33", "2001:db8:8000::/33").Count);

    [Fact]
    public void A_family_is_not_the_other()
    {
        Assert.False(Set("0.0.0.0/0").Contains(IpAddress.Parse("::1")));
        Assert.False(Set("::/0").Contains(IpAddress.Parse("127.0.0.1")));
        Assert.False(Set("0.0.0.0/0", "::/0").Contains(default));
    }

    [Fact]
    public void Covers_a_block_only_whole()
    {
        var set = Set("10.0.0.0/9", "10.128.0.0/9", "2001:db8::/48");
        Assert.True(set.Covers(Block("10.0.0.0/8")));
        Assert.False(set.Covers(Block("10.0.0.0/7")));
        Assert.True(set.Covers(Block("2001:db8::/64")));
        Assert.False(set.Covers(Block("2001:db8::/32")));
    }

    [Fact]
    public void Says_what_its_blocks_say_one_by_one() => Prop.ForAll(
        Gen.Zip(Gen.Choose(0, 1 << 12), Gen.Choose(20, 32)).Select(pair => new IpNetwork(IpAddress.FromV4((uint)pair.Item1), pair.Item2)).ListOf().ToArbitrary(),
        Gen.Choose(0, 1 << 13).ToArbitrary(),
        (blocks, number) =>
        {
            var address = IpAddress.FromV4((uint)number);
            return new AddressSet(blocks).Contains(address) == blocks.Any(block => block.Contains(address));
        }).QuickCheckThrowOnFailure();

    private static AddressSet Set(params string[] blocks) => new(blocks.Select(Block));

    private static IpNetwork Block(string text) => IpNetwork.TryParse(text, out var network) ? network : throw new FormatException(text);
}
