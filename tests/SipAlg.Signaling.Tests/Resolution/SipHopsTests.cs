using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>RFC 2782: priority and weight.</summary>
public sealed class SipHopsTests
{
    /// <summary>Draws that are the same in each run.</summary>
    private static SecretSource Draws(int seed)
    {
        var random = new Random(seed);
        return new SecretSource(random.NextBytes);
    }

    private static HopService Server(int priority, int weight, params int[] ports) => new(
        priority, weight, [.. ports.Select(port => new SipHop(Transport.Udp, new IpEndpoint(IpAddress.LoopbackV4, (ushort)port)))]);

    private static SipHops Hops(params HopService[] services) => new("example.com", [.. services], TimeSpan.FromMinutes(1));

    private static IEnumerable<int> Ports(ImmutableArray<SipHop> hops) => hops.Select(hop => (int)hop.Endpoint.Port);

    [Fact]
    public void Priorities_come_one_after_another_whatever_their_weights()
    {
        var hops = Hops(Server(1, 0, 1), Server(2, 60_000, 2), Server(3, 5, 3));
        var draws = Draws(1);

        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal([1, 2, 3], Ports(hops.InOrder(draws))));
    }

    [Fact]
    public void Weights_are_shares_of_the_first_place()
    {
        var hops = Hops(Server(1, 10, 1), Server(1, 30, 2), Server(1, 60, 3));
        var draws = Draws(2);
        var firsts = Enumerable.Range(0, 20_000).Select(_ => Ports(hops.InOrder(draws)).First()).CountBy(port => port).ToDictionary();

        // RFC 2782's draw is from 0 to the sum inclusive, so a share is off by at most one part in the sum.
        Assert.InRange(firsts[1], 1800, 2400);
        Assert.InRange(firsts[2], 5600, 6300);
        Assert.InRange(firsts[3], 11_500, 12_300);
    }

    [Fact]
    public void Weight_zero_has_a_small_chance_among_others_and_an_equal_one_among_its_like()
    {
        var draws = Draws(3);
        var among = Hops(Server(1, 0, 1), Server(1, 100, 2));
        Assert.InRange(Enumerable.Range(0, 20_000).Count(_ => Ports(among.InOrder(draws)).First() == 1), 100, 320);

        var alone = Hops(Server(1, 0, 1), Server(1, 0, 2));
        Assert.InRange(Enumerable.Range(0, 20_000).Count(_ => Ports(alone.InOrder(draws)).First() == 1), 9500, 10_500);
    }

    [Fact]
    public void Every_place_is_there_once_in_any_order()
    {
        var hops = Hops(Server(1, 10, 1, 11), Server(1, 30, 2), Server(1, 0, 1), Server(2, 7, 3, 2), Server(2, 7, 4));
        var draws = Draws(4);

        Assert.All(Enumerable.Range(0, 500), _ => Assert.Equal([1, 2, 3, 4, 11], Ports(hops.InOrder(draws)).Order()));
    }

    [Fact]
    public void The_addresses_of_a_host_stay_in_their_order()
    {
        var hops = Hops(Server(1, 10, 1, 11, 12), Server(1, 10, 2));
        var draws = Draws(5);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal([1, 11, 12], Ports(hops.InOrder(draws)).Where(port => port != 2)));
    }
}
