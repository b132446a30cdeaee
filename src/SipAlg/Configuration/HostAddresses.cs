using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration;

/// <summary>The IPv4 addresses of this host that a phone may be told.</summary>
/// <param name="Usual">That of the default route, else any; without a network 127.0.0.1.</param>
/// <param name="Others">The rest, for phones in other networks.</param>
internal sealed record HostAddresses(string Usual, IReadOnlyList<string> Others)
{
    /// <summary>RFC 5737: a datagram socket that is connected to an address of nobody's shows the default route, and sends nothing.</summary>
    private static readonly IPEndPoint Elsewhere = new(IPAddress.Parse("192.0.2.1"), 9);

    public static HostAddresses Read()
    {
        string[] all = [.. Addresses().Select(address => address.ToString()).Distinct()];
        var usual = DefaultSource() is { } source && all.Contains(source) ? source : all.FirstOrDefault() ?? IPAddress.Loopback.ToString();
        return new HostAddresses(usual, [.. all.Where(address => address != usual)]);
    }

    /// <summary>Whether it is one of this host, of any interface and either family.</summary>
    public static bool Has(IpAddress address) => address.IsLoopback || Unicast(_ => true).Any(own => IpAddress.FromOctets(own.GetAddressBytes()) == address);

    private static IEnumerable<IPAddress> Addresses() => Unicast(network => network is { OperationalStatus: OperationalStatus.Up, NetworkInterfaceType: not NetworkInterfaceType.Loopback })
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private static IEnumerable<IPAddress> Unicast(Func<NetworkInterface, bool> isWanted) => NetworkInterface.GetAllNetworkInterfaces()
        .Where(isWanted)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address);

    private static string? DefaultSource()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(Elsewhere);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            // No route leads out.
            return null;
        }
    }
}
