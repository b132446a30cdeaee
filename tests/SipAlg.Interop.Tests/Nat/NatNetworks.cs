namespace SipAlg.Interop.Tests.Nat;

/// <summary>
/// A gateway on a public network, 198.51.100.0/24, and on it two routers with NAT, behind each of which phones have the same private
/// addresses, a host without NAT, and an attacker.
/// </summary>
internal sealed class NatNetworks : IDisposable
{
    public const string GatewayAddress = "198.51.100.1";
    public const string PublicAddress = "198.51.100.30";
    private const string RouterAddress = "192.168.1.1";
    private const string FirstAddress = "192.168.1.10";
    private const string SecondAddress = "192.168.1.11";

    private readonly List<NetworkNamespace> _all = [];
    private readonly NetworkNamespace _internet;

    private NatNetworks()
    {
        _internet = Create("net");
        Gateway = Create("gw");
        Public = new NatHost(Create("pub"), PublicAddress);
        Attacker = new NatHost(Create("bad"), "198.51.100.66");
        var (one, other) = (Create("one"), Create("other"));
        One = new NatRouter(one, "198.51.100.10", "198.51.100.11");
        Other = new NatRouter(other, "198.51.100.20", "198.51.100.21");
        AtOne = new NatHost(Create("a1"), FirstAddress);
        AtOneToo = new NatHost(Create("a2"), SecondAddress) { SipPort = 5062, MediaPorts = "16500-16999" };
        AtOther = new NatHost(Create("b1"), FirstAddress);

        _internet.Execute("ip", "link add name lines type bridge");
        _internet.Execute("ip", "link set lines up");
        Attach(Gateway, GatewayAddress);
        Attach(Public.Space, PublicAddress);
        Attach(Attacker.Space, Attacker.Address);
        Route(one, ["198.51.100.10", "198.51.100.11"], AtOne, AtOneToo);
        Route(other, ["198.51.100.20", "198.51.100.21"], AtOther);
        One.Translate(NatKind.Symmetric);
        Other.Translate(NatKind.Symmetric);
    }

    public NetworkNamespace Gateway { get; }
    public NatRouter One { get; }
    public NatRouter Other { get; }

    /// <summary>Behind <see cref="One"/>.</summary>
    public NatHost AtOne { get; }

    /// <summary>Behind <see cref="One"/> as well.</summary>
    public NatHost AtOneToo { get; }

    /// <summary>Behind <see cref="Other"/>.</summary>
    public NatHost AtOther { get; }

    /// <summary>Without NAT.</summary>
    public NatHost Public { get; }
    public NatHost Attacker { get; }

    /// <summary>Makes them; what was made is removed also when something fails.</summary>
    public static NatNetworks Create()
    {
        NetworkNamespace.RemoveLeftovers();
        var networks = default(NatNetworks);
        try
        {
            return networks = new NatNetworks();
        }
        finally
        {
            if (networks is null)
            {
                NetworkNamespace.RemoveOwn();
            }
        }
    }

    public void Dispose() => _all.ForEach(space => space.Dispose());

    private NetworkNamespace Create(string name)
    {
        var space = NetworkNamespace.Create(name);
        _all.Add(space);
        return space;
    }

    /// <summary>Puts a namespace on the public network.</summary>
    private void Attach(NetworkNamespace space, params string[] addresses)
    {
        var port = $"p{_all.IndexOf(space)}";
        NetworkNamespace.Join(_internet, port, space, "wan");
        _internet.Execute("ip", $"link set {port} master lines up");
        foreach (var address in addresses)
        {
            space.Execute("ip", $"addr add {address}/24 dev wan");
        }

        space.Execute("ip", "link set wan up");
    }

    /// <summary>Makes a router of a namespace, with these hosts behind it.</summary>
    private void Route(NetworkNamespace router, string[] addresses, params NatHost[] hosts)
    {
        Attach(router, addresses);
        router.Execute("ip", "link add name lan type bridge");
        router.Execute("ip", $"addr add {RouterAddress}/24 dev lan");
        router.Execute("ip", "link set lan up");
        router.Execute("sysctl", "-qw net.ipv4.ip_forward=1");
        for (var host = 0; host < hosts.Length; host++)
        {
            NetworkNamespace.Join(router, $"h{host}", hosts[host].Space, "lan");
            router.Execute("ip", $"link set h{host} master lan up");
            hosts[host].Space.Execute("ip", $"addr add {hosts[host].Address}/24 dev lan");
            hosts[host].Space.Execute("ip", "link set lan up");
            hosts[host].Space.Execute("ip", $"route add default via {RouterAddress}");
        }
    }
}
