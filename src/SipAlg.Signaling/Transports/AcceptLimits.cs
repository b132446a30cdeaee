using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>
/// Counts accepted connections against their limits, by source: an IPv4 address or an IPv6 /64, since whoever has one
/// IPv6 address has 2^64. Pool threads only.
/// </summary>
internal sealed class AcceptLimits(StreamOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IpAddress, int> _sources = [];
    private int _total;
    private int _strangers;

    /// <param name="source">Who has connected.</param>
    /// <param name="isStranger">As long as the connection stands, since it is with them that it is counted.</param>
    /// <returns>null: accepted and counted.</returns>
    public AcceptRefusal? TryEnter(IpAddress source, bool isStranger)
    {
        var key = SourceOf(source);
        lock (_lock)
        {
            if (_total >= options.MaxAccepted)
            {
                return AcceptRefusal.Total;
            }

            if (isStranger && _strangers >= options.MaxStrangers)
            {
                return AcceptRefusal.Strangers;
            }

            var count = _sources.GetValueOrDefault(key);
            if (count >= options.MaxPerSource)
            {
                return AcceptRefusal.Source;
            }

            _sources[key] = count + 1;
            _total++;
            _strangers += isStranger ? 1 : 0;
            return null;
        }
    }

    public void Leave(IpAddress source, bool isStranger)
    {
        var key = SourceOf(source);
        lock (_lock)
        {
            _total--;
            _strangers -= isStranger ? 1 : 0;
            if (--_sources[key] == 0)
            {
                _sources.Remove(key);
            }
        }
    }

    private static IpAddress SourceOf(IpAddress address)
    {
        if (address.IsV4)
        {
            return address;
        }

        Span<byte> octets = stackalloc byte[16];
        address.WriteOctets(octets);
        octets[8..].Clear();
        return IpAddress.FromOctets(octets);
    }
}
