using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>What is written of a realm's registrations, and what holds where nothing is.</summary>
public sealed class RegistrationsLoaderTests
{
    [Theory]
    [InlineData("", 60, 600, 3600)]
    [InlineData("registrations: { default_expires: 5m, min_expires: 30s, max_expires: 2h }", 30, 300, 7200)]
    [InlineData("registrations: { max_expires: 30m }", 60, 600, 1800)]
    [InlineData("registrations: { max_expires: 5m }", 60, 300, 300)]
    [InlineData("registrations: { max_expires: 20s }", 20, 20, 20)]
    [InlineData("registrations: { min_expires: 2h }", 7200, 7200, 7200)]
    [InlineData("registrations: { default_expires: 30s }", 30, 30, 3600)]
    [InlineData("registrations: { default_expires: 1d }", 60, 86400, 86400)]
    public void The_gateway_registers_for_so_long(string written, int least, int usual, int most)
    {
        var realm = Load(written.Length > 0 ? $", domain: a.example, {written}" : "").Realms[0];

        Assert.Equal(new RegistrarSettings(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(usual), TimeSpan.FromSeconds(most)), realm.Registrar);
        Assert.Null(realm.Relay);
    }

    [Theory]
    [InlineData("sip:edge.example.com", "<sip:edge.example.com;lr>")]
    [InlineData("['sip:edge@10.0.0.9:5070;transport=tcp', 'sip:[2001:db8::1]:5070']", "<sip:edge@10.0.0.9:5070;transport=tcp;lr>, <sip:[2001:db8::1]:5070;lr>")]
    public void Phones_are_told_these_proxies(string written, string route) =>
        Assert.Equal(route, Encoding.ASCII.GetString(Load($", domain: a.example, registrations: {{ service_route: {written} }}").Realms[0].Registrar.ServiceRoute.Span));

    [Theory]
    [InlineData("relay_to: pbx", 600, 60)]
    [InlineData("relay_to: pbx, upstream_expires: 30m, phone_expires: 2m", 1800, 120)]
    public void A_peer_registers_for_so_long(string written, int upstream, int phone)
    {
        var model = Load($", registrations: {{ {written} }}");

        Assert.Equal(new RelaySettings(model.Peers[0], TimeSpan.FromSeconds(upstream), TimeSpan.FromSeconds(phone)), model.Realms[0].Relay);
        Assert.Null(model.Realms[1].Relay);
    }

    private static GatewayModel Load(string written)
    {
        var result = new ConfigurationBench().Load($"realms: {{ a: {{ listen: udp://10.0.0.1{written} }}, b: {{ listen: udp://10.0.0.2, media: {{ ports: 20000-20999 }} }} }}\npeers: {{ pbx: {{ realm: b, address: 'sip:10.0.0.9' }} }}\ndialplan: d.yaml");
        Assert.Empty(Errors(result));
        return result.Configuration!.Model;
    }
}
