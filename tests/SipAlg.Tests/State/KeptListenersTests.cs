using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.State;

namespace SipAlg.Tests.State;

/// <summary>By which listener a phone is called that had registered before the start, and from which address.</summary>
public sealed class KeptListenersTests
{
    private const string Far = "203.0.113.5:40000";

    /// <summary>Of a host that has 10.0.0.9 alone of IPv4, and a route to nowhere else than 203.0.113.0/24.</summary>
    private static KeptListeners Listeners(params ListenerOptions[] listeners) => new(
        listeners, address => !address.IsV4 || address == IpAddress.Parse("10.0.0.9"), (_, remote) => remote == IpEndpoint.Parse(Far) ? IpAddress.Parse("10.0.0.9") : default);

    private static ListenerOptions Listener(string address, Transport transport = Transport.Udp, string realm = "phones") => new(realm, 0, transport, IpEndpoint.Parse(address));

    private static Flow? Found(string kept, params ListenerOptions[] listeners) =>
        Listeners(listeners).TryFlow(Encoding.UTF8.GetBytes($"{kept} {Far}"), out var flow) ? flow : null;

    private static Flow Flow(int listener, string local, Transport transport = Transport.Udp) => new(transport, listener, IpEndpoint.Parse(local), IpEndpoint.Parse(Far));

    /// <summary>A NAT lets nothing in from elsewhere than the phone has sent to.</summary>
    [Theory]
    [InlineData("phones udp 10.0.0.1:5060", 1)]
    [InlineData("phones udp 10.0.0.2:5060", 2)]
    [InlineData("phones udp 10.0.0.2:5080", 3)]
    public void It_is_the_one_that_it_registered_by(string kept, int index) =>
        Assert.Equal(Flow(index, kept.Split(' ')[2]), Found(kept, Listener("10.0.0.2:5060", Transport.Tcp), Listener("10.0.0.1:5060"), Listener("10.0.0.2:5060"), Listener("10.0.0.2:5080")));

    /// <summary>What is said of the gateway in a call is where it listens now.</summary>
    [Theory]
    [InlineData("10.0.0.1:5060", "10.0.0.9:5060", "10.0.0.9:5060")]
    [InlineData("10.0.0.1:5060", "10.0.0.1:5080", "10.0.0.1:5080")]
    [InlineData("10.0.0.9:5060", "0.0.0.0:5080", "10.0.0.9:5080")]
    [InlineData("[2001:db8::1]:5060", "[::]:5060", "[2001:db8::1]:5060")]
    public void One_like_it_takes_its_place_with_its_own_address(string kept, string listener, string local) =>
        Assert.Equal(Flow(0, local), Found($"phones udp {kept}", Listener(listener)));

    /// <summary>A container that is made anew has its state, and another address.</summary>
    [Theory]
    [InlineData(Far, "10.0.0.9:5060")]
    [InlineData("198.51.100.7:40000", "10.0.0.1:5060")]
    public void On_a_wildcard_whose_address_is_gone_it_is_called_from_the_one_that_leads_to_it_if_any_does(string far, string local)
    {
        Assert.True(Listeners(Listener("0.0.0.0:5060")).TryFlow(Encoding.UTF8.GetBytes($"phones udp 10.0.0.1:5060 {far}"), out var flow));
        Assert.Equal((IpEndpoint.Parse(local), IpEndpoint.Parse(far)), (flow.Local, flow.Remote));
    }

    /// <summary>A port stays the same more often by purpose than an address does.</summary>
    [Fact]
    public void One_at_its_port_goes_before_another() =>
        Assert.Equal(Flow(1, "10.0.0.9:5060"), Found("phones udp 10.0.0.1:5060", Listener("10.0.0.8:5070"), Listener("10.0.0.9:5060")));

    [Fact]
    public void Of_another_realm_transport_or_family_none_is()
    {
        ListenerOptions[] others = [Listener("10.0.0.1:5060", realm: "trunks"), Listener("10.0.0.1:5060", Transport.Tcp), Listener("[::]:5060")];
        Assert.Null(Found("phones udp 10.0.0.1:5060", others));
    }
}
