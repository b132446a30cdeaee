using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Resolution;

/// <summary>One place to send to.</summary>
/// <param name="Transport">How.</param>
/// <param name="Endpoint">Where.</param>
public readonly record struct SipHop(Transport Transport, IpEndpoint Endpoint);

/// <summary>The addresses of one SRV record's host, tried one after another.</summary>
internal readonly record struct HopService(int Priority, int Weight, ImmutableArray<SipHop> Hops);

/// <summary>What became of looking for a target.</summary>
public enum HopOutcome : byte
{
    Found,

    /// <summary>The name does not exist.</summary>
    NoName,

    /// <summary>It has no address of a family that the realm listens on.</summary>
    NoAddress,

    /// <summary>The domain says that it does not offer this (RFC 2782: the target ".").</summary>
    NotOffered,

    /// <summary>The realm has no listener of a transport that it asks for.</summary>
    NoTransport,

    /// <summary>The name servers fail.</summary>
    Failed,
}

/// <summary>
/// Where RFC 3263 says that a target is, and how long that holds. The same for everybody who asks meanwhile: which of several servers
/// of one priority comes first is drawn anew for each use.
/// </summary>
public sealed class SipHops
{
    private readonly ImmutableArray<HopService> _services;

    internal SipHops(string host, ImmutableArray<HopService> services, TimeSpan holds)
    {
        (Host, _services, Holds) = (host, services, holds);
        All = [.. services.SelectMany(service => service.Hops).Distinct()];
    }

    private SipHops(string host, HopOutcome outcome, TimeSpan holds)
    {
        (Host, Outcome, Holds) = (host, outcome, holds);
        (_services, All) = ([], []);
    }

    /// <summary>There is no such place.</summary>
    /// <param name="host">What was looked for.</param>
    /// <param name="outcome">Why there is none.</param>
    /// <param name="holds">How long that is true.</param>
    public static SipHops None(string host, HopOutcome outcome, TimeSpan holds) => new(host, outcome, holds);

    /// <summary>Places that are tried in this order.</summary>
    /// <param name="host">The name that they are known by.</param>
    /// <param name="hops">At least one.</param>
    /// <param name="holds">How long that is true.</param>
    public static SipHops Of(string host, ImmutableArray<SipHop> hops, TimeSpan holds) => new(host, [new HopService(0, 0, hops)], holds);

    public HopOutcome Outcome { get; }

    /// <summary>The host that was looked for: whom a certificate has to name (RFC 5922 §4).</summary>
    public string Host { get; }

    /// <summary>How long this is true, from when it was found.</summary>
    public TimeSpan Holds { get; }

    /// <summary>The servers did not answer; this was true before.</summary>
    public bool IsStale { get; internal init; }

    /// <summary>Each place once, by priority and as written.</summary>
    public ImmutableArray<SipHop> All { get; }

    /// <summary>Each place once, in an order to try them in: by priority, and within one by weight (RFC 2782).</summary>
    /// <param name="draws">Where the draws come from.</param>
    public ImmutableArray<SipHop> InOrder(SecretSource draws)
    {
        if (_services.Length < 2)
        {
            return All;
        }

        var ordered = new List<SipHop>(All.Length);
        foreach (var priority in _services.GroupBy(service => service.Priority))
        {
            var left = priority.OrderBy(service => service.Weight > 0).ToList();
            while (left.Count > 0)
            {
                var chosen = Choose(left, draws);
                ordered.AddRange(left[chosen].Hops.Where(hop => !ordered.Contains(hop)));
                left.RemoveAt(chosen);
            }
        }

        return [.. ordered];
    }

    /// <summary>
    /// RFC 2782: the first whose running sum of weights reaches a number between 0 and the sum of all, those without weight first, in any
    /// order: else of servers that are all written with 0 one would have all there is.
    /// </summary>
    private static int Choose(List<HopService> left, SecretSource draws)
    {
        var drawn = left.Count == 1 ? 0 : (long)(draws.Next() % (ulong)(left.Sum(service => (long)service.Weight) + 1));
        var index = 0;
        for (long sum = left[0].Weight; sum < drawn; sum += left[index].Weight)
        {
            index++;
        }

        return left[index].Weight > 0 || left.Count == 1 ? index : (int)(draws.Next() % (ulong)left.Count(service => service.Weight == 0));
    }
}
