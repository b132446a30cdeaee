using System.Net;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Phones;

/// <summary>
/// A telephone: linphone's console, which speaks SHA-256 digest and takes part in GRUU (belle-sip). Answers by itself; without a
/// sound card it is silent. It registers when the machine has a way to other networks, as its own check has it.
/// </summary>
internal sealed class Linphone : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly string _log;

    private Linphone(ChildProcess process, string log) => (_process, _log) = (process, log);

    /// <summary>What it has sent and received, and thought of it.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <param name="folder">The scenario's.</param>
    /// <param name="user">Who registers, at example.com.</param>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="registrar">The gateway.</param>
    public static Linphone Start(ScenarioFolder folder, string user, string password, IPEndPoint endpoint, IPEndPoint registrar)
    {
        var own = Directory.CreateDirectory(folder[user]).FullName;
        Directory.CreateDirectory(Path.Combine(own, ".local/share/linphone"));
        File.WriteAllText(Path.Combine(own, "linphonerc"), $"""
            [sip]
            sip_port={endpoint.Port}
            bind_address={endpoint.Address}
            default_proxy=0
            guess_hostname=1
            [auth_info_0]
            username={user}
            passwd={password}
            realm=example.com
            domain=example.com
            algorithm=SHA-256
            [proxy_0]
            reg_proxy=<sip:{registrar};transport=udp>
            reg_identity=sip:{user}@example.com
            reg_expires=120
            reg_sendregister=1

            """);
        var log = Path.Combine(own, "log");

        // Its console must stay open, or it ends.
        return new Linphone(ChildProcess.Start("sh", ["-c", $"sleep 600 | HOME='{own}' linphonec -a -c '{own}/linphonerc' -d 5 -l '{log}'"], folder), log);
    }

    public Task RegisteredAsync() => Eventually.TrueAsync(() =>
    {
        Assert.False(_process.HasExited, _process.Output);
        return Log.Contains("[LinphoneRegistrationOk]", StringComparison.Ordinal);
    }, text: "linphone registered");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
