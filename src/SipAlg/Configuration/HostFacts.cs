using System.Globalization;
using SipAlg.Configuration.Options;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration;

/// <summary>What the checks know of this host.</summary>
/// <param name="EphemeralPorts">Ports that the system gives to outgoing sockets; null when not known.</param>
/// <param name="Gateways">Default gateways: in a container the bridge, behind which everybody looks alike.</param>
internal sealed record HostFacts(PortRange? EphemeralPorts, IReadOnlyList<IpAddress> Gateways)
{
    public static HostFacts Unknown { get; } = new(null, []);

    /// <summary>Reads <c>/proc</c>; what it does not hold stays unknown.</summary>
    public static HostFacts Read() => new(ReadPorts(Lines("/proc/sys/net/ipv4/ip_local_port_range")),
        [.. ReadV4(Lines("/proc/net/route")), .. ReadV6(Lines("/proc/net/ipv6_route"))]);

    internal static PortRange? ReadPorts(IEnumerable<string> lines)
    {
        var words = Words(lines.FirstOrDefault() ?? "");
        return words.Length == 2 && ushort.TryParse(words[0], out var first) && ushort.TryParse(words[1], out var last) ? new PortRange(first, last) : null;
    }

    /// <summary>Columns: interface, destination, gateway …, numbers in hexadecimal as a little-endian host has them in memory.</summary>
    internal static IEnumerable<IpAddress> ReadV4(IEnumerable<string> lines) => lines
        .Select(Words)
        .Where(words => words.Length > 2 && words[1] == "00000000" && words[2] != "00000000")
        .Select(words => uint.TryParse(words[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var gateway)
            ? IpAddress.FromOctets(BitConverter.GetBytes(gateway))
            : default)
        .Where(gateway => !gateway.IsNone);

    /// <summary>Columns: destination, its prefix length, source, its prefix length, next hop …</summary>
    internal static IEnumerable<IpAddress> ReadV6(IEnumerable<string> lines) => lines
        .Select(Words)
        .Where(words => words.Length > 4 && words[1] == "00" && words[4].Length == 32 && words[4].Any(digit => digit != '0'))
        .Select(words => IpAddress.FromOctets(Convert.FromHexString(words[4])));

    private static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
