using System.Collections.Immutable;
using SipAlg.Signaling.Resolution.Dns;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Resolution;

/// <summary>One name on its way through RFC 3263 §4.</summary>
internal sealed class SipLookup(SipResolver resolver, SipTarget target, string name, HopReach reach)
{
    private readonly ImmutableArray<HopService>.Builder _services = ImmutableArray.CreateBuilder<HopService>();

    /// <summary>As long as what holds the shortest of all that was asked.</summary>
    private TimeSpan _holds = TimeSpan.MaxValue;
    private DnsOutcome _missing = DnsOutcome.NoName;
    private bool _isStale;
    private bool _isRefused;

    public async Task<SipHops> FindAsync()
    {
        if (SipResolver.TransportOf(target, reach) is not { } usual)
        {
            return SipHops.None(target.Host, HopOutcome.NoTransport, TimeSpan.MaxValue);
        }

        if (target.Port == 0 && !resolver.IsInHosts(name))
        {
            await (target.Transport is { } written ? TryServiceAsync(ServiceNames.Prefix(written) + name, written, 0) : TryDomainAsync()).ConfigureAwait(false);
        }

        if (_services.Count == 0 && !_isRefused)
        {
            // RFC 3263 §4.2: a port, or no SRV records.
            await AddAsync(name, usual, target.Port, priority: 0, weight: 0).ConfigureAwait(false);
        }

        return _services.Count > 0 ? new SipHops(target.Host, _services.ToImmutable(), _holds) { IsStale = _isStale } : SipHops.None(target.Host, Outcome, _holds);
    }

    private HopOutcome Outcome => _isRefused ? HopOutcome.NotOffered : _missing switch
    {
        DnsOutcome.NoName => HopOutcome.NoName,
        DnsOutcome.NoData => HopOutcome.NoAddress,
        _ => HopOutcome.Failed,
    };

    /// <summary>RFC 3263 §4.1: NAPTR says by which transport; without it the one that has SRV records.</summary>
    private async Task TryDomainAsync()
    {
        var pointers = await AskAsync(name, DnsType.Naptr).ConfigureAwait(false);
        await TryPointersAsync(pointers).ConfigureAwait(false);
        for (var index = 0; index < ServiceNames.Preferred.Length && _services.Count == 0; index++)
        {
            var transport = ServiceNames.Preferred[index];
            if (SipResolver.IsUsable(transport, target, reach))
            {
                await TryServiceAsync(ServiceNames.Prefix(transport) + name, transport, 0).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// What we do not support is discarded before the order counts, and for a sips URI what is not secure; for a sip URI a service by TLS
    /// is kept (RFC 3263 §4.1). Of those left the lowest order alone is used (RFC 3403 §4.1), within it by preference.
    /// </summary>
    private async Task TryPointersAsync(DnsAnswer answer)
    {
        var usable = answer.Records.Cast<PointerRecord>()
            .Where(pointer => pointer.Flags.Equals("s", StringComparison.OrdinalIgnoreCase) && pointer.Expression.Length == 0 && pointer.Replacement.Length > 0)
            .Select(pointer => (Pointer: pointer, Transport: ServiceNames.Of(pointer.Service)))
            .Where(entry => entry.Transport is { } transport && reach.Has(transport) && (!target.IsSecure || ServiceNames.IsSecure(transport)))
            .OrderBy(entry => entry.Pointer.Order).ThenBy(entry => entry.Pointer.Preference).Take(SipResolver.PointerLimit).ToList();
        var order = -1;
        for (var index = 0; index < usable.Count; index++)
        {
            var (pointer, transport) = usable[index];
            if (_services.Count > 0 && pointer.Order != order)
            {
                return;
            }

            order = pointer.Order;
            await TryServiceAsync(pointer.Replacement, transport!.Value, index).ConfigureAwait(false);
        }
    }

    /// <summary>RFC 3263 §4.2, RFC 2782: the hosts of a service, by priority.</summary>
    /// <param name="service">The name of its SRV records.</param>
    /// <param name="transport">How they are reached.</param>
    /// <param name="place">Of the NAPTR record that led here.</param>
    private async Task TryServiceAsync(string service, Transport transport, int place)
    {
        var answer = await AskAsync(service, DnsType.Srv).ConfigureAwait(false);
        var records = answer.Records.Cast<ServiceRecord>().ToList();
        var offered = records.Where(record => record.Target.Length > 0 && record.Port != 0).OrderBy(record => record.Priority).Take(SipResolver.ServiceLimit).ToList();
        _isRefused |= records.Count > 0 && offered.Count == 0;
        foreach (var record in offered)
        {
            await AddAsync(record.Target, transport, record.Port, (place << 16) | record.Priority, record.Weight).ConfigureAwait(false);
        }

        _isRefused &= _services.Count == 0;
    }

    private async Task AddAsync(string host, Transport transport, ushort port, int priority, int weight)
    {
        var answer = await resolver.AddressesAsync(host, transport, reach).ConfigureAwait(false);
        Note(answer);
        if (!answer.Records.IsEmpty)
        {
            var hops = answer.Records.Select(record =>
                new SipHop(transport, SipResolver.EndpointOf(target with { Port = port }, ((AddressRecord)record).Address, transport))).ToImmutableArray();
            _services.Add(new HopService(priority, weight, hops));
        }
        else
        {
            _missing = answer.IsFailure || _missing == DnsOutcome.NoName ? answer.Outcome : _missing;
        }
    }

    private async Task<DnsAnswer> AskAsync(string question, DnsType type)
    {
        var answer = await resolver.LookUpAsync(question, type).ConfigureAwait(false);
        Note(answer);
        return answer;
    }

    private void Note(DnsAnswer answer)
    {
        _holds = answer.TimeToLive < _holds ? answer.TimeToLive : _holds;
        _isStale |= answer.IsStale;
    }
}
