using System.Globalization;
using SipAlg.Configuration.Options;
using SipAlg.Hosting;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration;

/// <summary>What the checks know of this host.</summary>
/// <param name="EphemeralPorts">Ports that the system gives to outgoing sockets; null when not known.</param>
/// <param name="Gateways">Default gateways: in a container the bridge, behind which everybody looks alike.</param>
internal sealed record HostFacts(PortRange? EphemeralPorts, IReadOnlyList<IpAddress> Gateways)
{
    /// <summary>CAP_NET_ADMIN (capability.h).</summary>
    private const int NetworkAdministrator = 12;

    public static HostFacts Unknown { get; } = new(null, []);

    /// <summary>Descriptors that this process may have open.</summary>
    public long MostDescriptors { get; init; } = long.MaxValue;

    /// <summary>Octets of receive buffer that a socket may ask for: net.core.rmem_max; null when not known, or when this process may go beyond.</summary>
    public int? MostReceiveBuffer { get; init; }

    /// <summary>Octets of receive buffer that a media socket has: net.core.rmem_default; null when not known.</summary>
    public int? UsualReceiveBuffer { get; init; }

    /// <summary>Reads <c>/proc</c>; what it does not hold stays unknown.</summary>
    public static HostFacts Read() => new(ReadPorts(Lines("/proc/sys/net/ipv4/ip_local_port_range")),
        [.. ReadV4(Lines("/proc/net/route")), .. ReadV6(Lines("/proc/net/ipv6_route"))]);

    /// <summary>With what this process may have, for who only asks; a gateway that starts says itself what it got.</summary>
    public HostFacts WithLimits() => this with
    {
        MostDescriptors = ProcessFacts.MostDescriptors,
        MostReceiveBuffer = MayForceBuffers(Lines("/proc/self/status")) ? null : ReadNumber(Lines("/proc/sys/net/core/rmem_max")),
        UsualReceiveBuffer = ReadNumber(Lines("/proc/sys/net/core/rmem_default")),
    };

    internal static int? ReadNumber(IEnumerable<string> lines) => int.TryParse(lines.FirstOrDefault(), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether SO_RCVBUFFORCE is allowed.</summary>
    internal static bool MayForceBuffers(IEnumerable<string> status)
    {
        var words = Words(status.FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal)) ?? "");
        return words.Length == 2 && ulong.TryParse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var capabilities) && (capabilities >> NetworkAdministrator & 1) != 0;
    }

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
