using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold within a realm.</summary>
internal static class RealmChecks
{
    public static void Run(GatewayOptions options, HostFacts host, ProblemList problems)
    {
        foreach (var realm in options.Realms)
        {
            MediaAddressChecks.Run(realm.Value, problems);
            Specific(realm.Value.Media?.Advertise ?? [], problems);
            Specific(realm.Value.Media?.Bind ?? [], problems);
            Advertised(realm.Value.Advertise?.Address ?? [], problems);
            Sources(realm.Value.Latching, problems);
            Reserve(realm.Value.Media, problems);
            Ephemeral(realm.Value.Media?.Ports, host, problems);
        }
    }

    public static void OneOfEachFamily(IReadOnlyList<Located<IpAddress>> addresses, string key, ProblemList problems)
    {
        foreach (var second in addresses.GroupBy(address => address.Value.IsV4).SelectMany(family => family.Skip(1)))
        {
            problems.Error(second.At, $"'{key}' has a second {(second.Value.IsV4 ? "IPv4" : "IPv6")} address", "write at most one of each family");
        }
    }

    private static void Specific(IReadOnlyList<Located<IpAddress>> addresses, ProblemList problems)
    {
        foreach (var address in addresses.Where(address => address.Value.IsUnspecified))
        {
            problems.Error(address.At, $"{address.Value} is no address that media can be sent to", "leave the key out for the local address towards the destination");
        }
    }

    private static void Advertised(IReadOnlyList<Located<string>> written, ProblemList problems)
    {
        var addresses = written.Where(text => IpAddress.TryParse(text.Value, out _)).Select(text => new Located<IpAddress>(IpAddress.Parse(text.Value), text.At)).ToList();
        OneOfEachFamily(addresses, "advertise", problems);
        Specific(addresses, problems);
        if (written.Count > 1 && written.FirstOrDefault(text => !IpAddress.TryParse(text.Value, out _)) is { } name)
        {
            problems.Error(name.At, $"the host name '{name.Value}' stands beside other addresses", "write either one host name or an IPv4 and an IPv6 address");
        }
    }

    private static void Sources(Located<Latching>? latching, ProblemList problems)
    {
        if (latching is { Value: Latching.Off })
        {
            problems.Warn(latching.At, "with 'latching: off' anybody who finds a media port is heard in its call, and ends behind NAT hear nothing", "leave it out: 'symmetric' learns each true source once");
        }
    }

    private static void Reserve(RealmMediaOptions? media, ProblemList problems)
    {
        var ports = (media?.Ports?.Value ?? PortRange.Default).Count;
        if (media?.Reserve is { } reserve && reserve.Value >= ports)
        {
            problems.Error(reserve.At, $"'reserve' keeps back {reserve.Value} of {ports} ports", "leave ports for ordinary calls");
        }
    }

    private static void Ephemeral(Located<PortRange>? ports, HostFacts host, ProblemList problems)
    {
        if (ports is not null && host.EphemeralPorts is { } ephemeral && ports.Value.Overlaps(ephemeral))
        {
            problems.Warn(ports.At, $"media ports {ports.Value} overlap the system's ephemeral ports {ephemeral}: some may be taken",
                $"choose ports below {ephemeral.First}, or change net.ipv4.ip_local_port_range");
        }
    }
}
