using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Resolution.Dns;

/// <param name="Name">Whose record it is.</param>
/// <param name="Type">Its type.</param>
/// <param name="TimeToLive">In seconds.</param>
internal abstract record DnsRecord(string Name, DnsType Type, uint TimeToLive);

/// <summary>A and AAAA.</summary>
internal sealed record AddressRecord(string Name, DnsType Type, uint TimeToLive, IpAddress Address) : DnsRecord(Name, Type, TimeToLive);

/// <summary>The name is another one's (RFC 1035 §3.3.1).</summary>
internal sealed record AliasRecord(string Name, uint TimeToLive, string Target) : DnsRecord(Name, DnsType.Cname, TimeToLive);

/// <param name="Name">Of the zone.</param>
/// <param name="TimeToLive">In seconds.</param>
/// <param name="Minimum">Bounds how long it is true that something is not in the zone (RFC 2308 §4), in seconds.</param>
internal sealed record ZoneRecord(string Name, uint TimeToLive, uint Minimum) : DnsRecord(Name, DnsType.Soa, TimeToLive);

/// <summary>RFC 2782.</summary>
/// <param name="Name">Of the service.</param>
/// <param name="TimeToLive">In seconds.</param>
/// <param name="Priority">The lowest first.</param>
/// <param name="Weight">A share among those of the same priority.</param>
/// <param name="Port">Where it listens.</param>
/// <param name="Target">Its host; "" says that there is no such service.</param>
internal sealed record ServiceRecord(string Name, uint TimeToLive, ushort Priority, ushort Weight, ushort Port, string Target) : DnsRecord(Name, DnsType.Srv, TimeToLive);

/// <summary>RFC 3403 §4.1.</summary>
/// <param name="Name">Of the domain.</param>
/// <param name="TimeToLive">In seconds.</param>
/// <param name="Order">The lowest one that is understood decides.</param>
/// <param name="Preference">Among those of the same order the lowest first.</param>
/// <param name="Flags">"s": what it leads to is an SRV name (RFC 3263 §4.1).</param>
/// <param name="Service">Protocol and transport, as SIP+D2U.</param>
/// <param name="Expression">Empty where there is a replacement.</param>
/// <param name="Replacement">The name to go on with.</param>
internal sealed record PointerRecord(
    string Name, uint TimeToLive, ushort Order, ushort Preference, string Flags, string Service, string Expression, string Replacement)
    : DnsRecord(Name, DnsType.Naptr, TimeToLive);
