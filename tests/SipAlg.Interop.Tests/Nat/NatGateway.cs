using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Nat;

/// <summary>A gateway in network namespaces of its own, with the users of <see cref="NatHost"/>, who call each other by name. Where it stands and listens is the test class's.</summary>
public abstract class NatGateway : GatewayFixture
{
    private readonly ScenarioFolder _folder = ScenarioFolder.Create("networks");
    private NatNetworks? _networks;

    internal NatNetworks Networks => _networks!;

    /// <summary>Keys of the realm <c>phones</c>.</summary>
    private protected abstract string Realm { get; }

    /// <summary>Whose OPTIONS is answered: an address that is not one of the phones'.</summary>
    private protected abstract string ProbeAddress { get; }

    internal override string Configuration => $$"""
        realms: { phones: { domain: example.com, {{Realm}} } }
        peers:
          monitoring: { realm: phones, accept_from: {{ProbeAddress}}, match: { domain: probe.example } }
        state: { folder: '{{_folder["state"]}}' }
        users: {{NatHost.Users}}
        """;

    internal override string Dialplan => "routes: [ { when: { realm: phones, called: '^(?<user>[a-z]+)$' }, to: [ { registered: '${user}' } ] } ]";

    /// <summary>Before the gateway starts.</summary>
    private protected virtual void Prepare()
    {
    }

    public override async Task InitializeAsync()
    {
        _networks = NatNetworks.Create();
        try
        {
            Prepare();
            await base.InitializeAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _networks?.Dispose();
        _folder.Delete();
    }
}

/// <summary>Tests of phones in network namespaces.</summary>
public abstract class NatGatewayTests<T>(T gateway) : GatewayTests<T>(gateway)
    where T : NatGateway
{
    private protected NatNetworks Networks => Fixture.Networks;

    /// <summary>A scenario whose phones are forgotten in the end: they are ended without a word.</summary>
    private protected Task NatScenario(Func<ScenarioFolder, Task> scenario) => Scenario(folder => Fixture.Gateway.ForgettingPhonesAsync(() => scenario(folder)));
}
