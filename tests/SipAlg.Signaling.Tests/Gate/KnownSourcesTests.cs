using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;

namespace SipAlg.Signaling.Tests.Gate;

public sealed class KnownSourcesTests
{
    private readonly KnownSources _known = new(new SourceHash(3, 4), sets: 16);

    [Fact]
    public void A_source_is_known_for_its_time()
    {
        _known.Add(Ip("192.0.2.1"), 10_000, 60_000);
        Assert.True(_known.Has(Ip("192.0.2.1"), 69_999));
        Assert.False(_known.Has(Ip("192.0.2.1"), 72_000));
        Assert.False(_known.Has(Ip("192.0.2.2"), 10_000));
    }

    [Fact]
    public void Its_time_grows_and_never_shrinks()
    {
        _known.Add(Ip("192.0.2.1"), 0, 60_000);
        _known.Add(Ip("192.0.2.1"), 0, 1_000);
        Assert.True(_known.Has(Ip("192.0.2.1"), 59_000));
        _known.Add(Ip("192.0.2.1"), 50_000, 60_000);
        Assert.True(_known.Has(Ip("192.0.2.1"), 109_000));
    }

    [Fact]
    public void A_household_of_IPv6_is_one()
    {
        _known.Add(Ip("2001:db8::1"), 0, 60_000);
        Assert.True(_known.Has(Ip("2001:db8::2"), 0));
        Assert.False(_known.Has(Ip("2001:db8:0:1::1"), 0));
    }

    [Fact]
    public void Who_is_known_for_longest_is_kept()
    {
        _known.Add(Ip("192.0.2.1"), 0, 3_600_000);
        for (var source = 0u; source < 1000; source++)
        {
            _known.Add(IpAddress.FromV4(source), 0, 60_000);
        }

        Assert.True(_known.Has(Ip("192.0.2.1"), 0));
    }

    [Fact]
    public void Who_listens_is_told_of_a_source_once_and_when_its_time_has_grown()
    {
        var told = new List<IpAddress>();
        _known.Added = (source, _) => told.Add(source);
        _known.Add(Ip("192.0.2.1"), 0, 60_000);
        _known.Add(Ip("192.0.2.1"), 1_000, 60_000);
        Assert.Single(told);
        _known.Add(Ip("192.0.2.1"), 40_000, 60_000);
        Assert.Equal(2, told.Count);
    }

    private static IpAddress Ip(string text) => IpAddress.Parse(text);
}
