using SipAlg.Interop.Tests.Nat;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>One gateway process and its scenarios, one class: the process starts before the first and is judged after the last.</summary>
[TestCaseOrderer("SipAlg.Interop.Tests.Harness.LastRunsLast", "SipAlg.Interop.Tests")]
public abstract class GatewayTests<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : GatewayFixture
{
    protected TFixture Fixture => fixture;

    internal Task Scenario(Func<ScenarioFolder, Task> scenario) => ScenarioFolder.RunAsync(() => fixture.Gateway.Log, scenario);

    [Fact]
    public Task At_last_nothing_is_left_and_the_gateway_stops() => Scenario(async _ =>
    {
        await fixture.LeaveAsync();
        await fixture.Gateway.IsBackAtZeroAsync(fixture.T1);
        await fixture.Gateway.StopAsync();
    });
}

/// <summary>The gateway that a class of tests shares.</summary>
public abstract class GatewayFixture : IAsyncLifetime
{
    private GatewayProcess? _gateway;

    internal GatewayProcess Gateway => _gateway ?? throw new InvalidOperationException("The gateway did not start.");

    /// <summary>RFC 3261 T1 of this gateway. Short, so that what must time out does so within seconds.</summary>
    public virtual TimeSpan T1 => TimeSpan.FromMilliseconds(50);

    /// <summary>Further keys of <c>sip</c>.</summary>
    internal virtual string SipSettings => "";

    internal abstract string Configuration { get; }
    internal abstract string Dialplan { get; }
    internal abstract SipProbe Probe { get; }

    /// <summary>Of the admin API; null: it is open.</summary>
    internal virtual string? Token => null;

    /// <summary>The network namespace that the gateway runs in; null for the test's own.</summary>
    internal virtual NetworkNamespace? Space => null;

    /// <summary>Takes back what outlasts a scenario.</summary>
    internal virtual Task LeaveAsync() => Task.CompletedTask;

    public virtual async Task InitializeAsync() =>
        _gateway = await GatewayProcess.StartAsync($"sip: {{ t1: {T1.TotalMilliseconds}ms{SipSettings} }}\n{Configuration}", Dialplan, Probe, Space, Token);

    public virtual async Task DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }
    }
}

/// <summary>What begins before all others, what goes on until they are over, and what is judged at the very end.</summary>
public sealed class LastRunsLast : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase =>
        testCases.OrderBy(test => Array.FindIndex(["At_first_", "", "At_length_", "At_last_"], Names(test.TestMethod.Method.Name)));

    private static Predicate<string> Names(string test) => prefix =>
        prefix.Length > 0 ? test.StartsWith(prefix, StringComparison.Ordinal) : !test.StartsWith("At_length_", StringComparison.Ordinal) && !test.StartsWith("At_last_", StringComparison.Ordinal);
}
