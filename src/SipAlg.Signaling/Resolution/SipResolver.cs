using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution.Dns;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Resolution;

/// <summary>
/// Locating SIP servers (RFC 3263 §4): NAPTR says by which transport, SRV where and in which order, A and AAAA at which addresses.
/// Runs on the pool; what it gives is a value that lanes only read.
/// </summary>
/// <param name="cache">What name servers say.</param>
/// <param name="file">In which domains short names are looked for.</param>
/// <param name="hosts">The names that need no server, as they are now.</param>
/// <param name="time">The clock.</param>
internal sealed class SipResolver(DnsCache cache, ResolverFile file, Func<HostsFile> hosts, TimeProvider time)
{
    /// <summary>Once one family has addresses the other is waited for so long (the idea of RFC 8305 §3); its answer counts for who asks later.</summary>
    private static readonly TimeSpan LaterFamilyWait = TimeSpan.FromMilliseconds(500);

    /// <summary>How long what the hosts file says is taken for true.</summary>
    public static TimeSpan HostsHold { get; } = TimeSpan.FromSeconds(30);

    /// <summary>A domain that names more servers than this gets no more tried.</summary>
    private const int MostServices = 16;
    private const int MostPointers = 8;

    /// <summary>Finds where a target is. Expected failures are values.</summary>
    /// <param name="target">What to look for.</param>
    /// <param name="reach">Places that it does not reach are left out.</param>
    public async Task<SipHops> FindAsync(SipTarget target, HopReach reach)
    {
        if (target.IsSecure && target.Transport is Transport.Tcp)
        {
            // RFC 3261 §26.2.2: a sips URI with transport=tcp means TLS over it.
            target = target with { Transport = Transport.Tls };
        }

        if (IpAddress.TryParse(target.Host, out var address))
        {
            return Numeric(target, address, reach);
        }

        var found = SipHops.None(target.Host, HopOutcome.NoName, DnsCache.Shortest);
        foreach (var name in file.NamesFor(target.Host))
        {
            found = await new SipLookup(this, target, name, reach).FindAsync().ConfigureAwait(false);
            if (found.Outcome is not (HopOutcome.NoName or HopOutcome.NoAddress))
            {
                break;
            }
        }

        return found;
    }

    private static SipHops Numeric(SipTarget target, IpAddress address, HopReach reach)
    {
        var transport = TransportOf(target, reach);
        return transport is { } chosen && reach.Has(chosen, address.IsV4)
            ? new SipHops(target.Host, [new HopService(0, 0, [new SipHop(chosen, EndpointOf(target, address, chosen))])], TimeSpan.MaxValue)
            : SipHops.None(target.Host, HopOutcome.NoTransport, TimeSpan.MaxValue);
    }

    /// <summary>
    /// RFC 3263 §4.1 where no records are asked: the transport that is written, else UDP, or TLS for sips; another one of the same
    /// security only where the realm has no such listener.
    /// </summary>
    internal static Transport? TransportOf(SipTarget target, HopReach reach)
    {
        foreach (var transport in ServiceNames.Preferred)
        {
            if (IsUsable(transport, target, reach))
            {
                return transport;
            }
        }

        return null;
    }

    internal static bool IsUsable(Transport transport, SipTarget target, HopReach reach) => reach.Has(transport) &&
        (target.Transport is { } fixedOne ? transport == fixedOne && (!target.IsSecure || ServiceNames.IsSecure(transport)) : target.IsSecure == ServiceNames.IsSecure(transport));

    internal static IpEndpoint EndpointOf(SipTarget target, IpAddress address, Transport transport) =>
        new(address, target.Port == 0 ? SipPorts.Default(transport) : target.Port);

    /// <summary>The addresses of a host, of the families that the transport reaches, in the order of RFC 6724.</summary>
    internal async Task<DnsAnswer> AddressesAsync(string name, Transport transport, HopReach reach)
    {
        var known = hosts().Find(name);
        if (!known.IsEmpty)
        {
            var records = known.Where(address => reach.Has(transport, address.IsV4))
                .Select(DnsRecord (address) => new AddressRecord(name, address.IsV4 ? DnsType.A : DnsType.Aaaa, 0, address)).ToImmutableArray();
            return new DnsAnswer(records.IsEmpty ? DnsOutcome.NoData : DnsOutcome.Found, records, HostsHold);
        }

        var asked = Families(transport, reach).Select(type => cache.LookUpAsync(name, type)).ToArray();
        return asked.Length switch
        {
            0 => new DnsAnswer(DnsOutcome.NoData, [], DnsCache.Longest),
            1 => await asked[0].ConfigureAwait(false),
            _ => await BothAsync(asked[0], asked[1]).ConfigureAwait(false),
        };
    }

    /// <summary>Servers that never answer for one family of addresses do not keep a call from the other one.</summary>
    private async Task<DnsAnswer> BothAsync(Task<DnsAnswer> one, Task<DnsAnswer> other)
    {
        var sooner = await Task.WhenAny(one, other).ConfigureAwait(false);
        var first = await sooner.ConfigureAwait(false);
        var later = sooner == one ? other : one;
        try
        {
            return Merge(first, await (first.Outcome == DnsOutcome.Found ? later.WaitAsync(LaterFamilyWait, time) : later).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            return Merge(first, DnsAnswer.Failure(DnsOutcome.TimedOut) with { TimeToLive = DnsCache.Shortest });
        }
    }

    private static IEnumerable<DnsType> Families(Transport transport, HopReach reach)
    {
        if (reach.Has(transport, isV4: true))
        {
            yield return DnsType.A;
        }

        if (reach.Has(transport, isV4: false))
        {
            yield return DnsType.Aaaa;
        }
    }

    /// <summary>Both families' answers as one; a failure of one is no failure while the other has addresses.</summary>
    private static DnsAnswer Merge(DnsAnswer one, DnsAnswer other)
    {
        var records = one.Records.AddRange(other.Records).OrderBy(record => -AddressPrecedence.Of(((AddressRecord)record).Address)).ToImmutableArray();
        var outcome = !records.IsEmpty ? DnsOutcome.Found : one.IsFailure ? one.Outcome : other.IsFailure ? other.Outcome : one.Outcome;
        return new DnsAnswer(outcome, records, one.TimeToLive < other.TimeToLive ? one.TimeToLive : other.TimeToLive) { IsStale = one.IsStale || other.IsStale };
    }

    internal bool IsInHosts(string name) => !hosts().Find(name).IsEmpty;

    internal Task<DnsAnswer> LookUpAsync(string name, DnsType type) => cache.LookUpAsync(name, type);

    internal static int ServiceLimit => MostServices;
    internal static int PointerLimit => MostPointers;
}
