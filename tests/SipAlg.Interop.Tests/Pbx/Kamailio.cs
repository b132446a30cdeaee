using System.Net;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Pbx;

/// <summary>Kamailio as the PBX behind the gateway: a registrar and the proxy of who is registered.</summary>
internal static class Kamailio
{
    /// <param name="folder">Of the scenario.</param>
    /// <param name="listen">Where it is.</param>
    /// <param name="challenges">It wants credentials of the realm pbx.example for INVITE and BYE; the password is "secret".</param>
    /// <param name="hasPasswords">It wants those of its telephones for REGISTER, INVITE and BYE, in the same realm; each is "secret".</param>
    public static Task<ChildProcess> StartAsync(ScenarioFolder folder, IPEndPoint listen, bool challenges = false, bool hasPasswords = false) =>
        StartAsync(folder, listen, "kamailio.cfg", text => text, challenges ? ["-A", "CHALLENGES"] : hasPasswords ? ["-A", "PASSWORDS"] : []);

    /// <summary>As a carrier, which wants credentials of the realm carrier.example for REGISTER and for INVITE of the gateway; the password is "secret".</summary>
    /// <param name="folder">Of the scenario.</param>
    /// <param name="listen">Where it is.</param>
    /// <param name="gateway">Whose calls go to its subscriber.</param>
    /// <param name="subscriber">Where that one is.</param>
    public static Task<ChildProcess> StartCarrierAsync(ScenarioFolder folder, IPEndPoint listen, IPAddress gateway, IPEndPoint subscriber) => StartAsync(
        folder, listen, "carrier.cfg",
        text => text.Replace("@gateway@", $"{gateway}", StringComparison.Ordinal).Replace("@subscriber@", $"{subscriber}", StringComparison.Ordinal), []);

    /// <summary>As a peer by TLS that wants and shows certificates: peer.pem, peer.key and ca.pem of the folder.</summary>
    /// <param name="folder">Of the scenario.</param>
    /// <param name="listen">Where it takes what it sends to the gateway.</param>
    /// <param name="secure">Where it takes TLS.</param>
    /// <param name="gateway">Where the gateway does.</param>
    public static Task<ChildProcess> StartSecureAsync(ScenarioFolder folder, IPEndPoint listen, IPEndPoint secure, IPEndPoint gateway) => StartAsync(
        folder, listen, "secure.cfg",
        text => text.Replace("@tls@", $"{secure}", StringComparison.Ordinal).Replace("@gateway@", $"{gateway}", StringComparison.Ordinal).Replace("@folder@", folder.Path, StringComparison.Ordinal), []);

    /// <summary>As a HEP collector: <see cref="HomerCollector"/>.</summary>
    public static Task<ChildProcess> StartCollectorAsync(ScenarioFolder folder, IPEndPoint listen) =>
        StartAsync(folder, listen, "collector.cfg", text => text.Replace("@folder@", folder.Path, StringComparison.Ordinal), []);

    private static async Task<ChildProcess> StartAsync(ScenarioFolder folder, IPEndPoint listen, string name, Func<string, string> complete, string[] more)
    {
        var template = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Pbx", name));
        var file = folder.Write(name, complete(template.Replace("@listen@", $"{listen}", StringComparison.Ordinal)));
        // Small memory, in the foreground, with its sockets of control in the scenario's folder.
        var kamailio = ChildProcess.Start("kamailio", ["-f", file, "-DD", "-E", "-m", "32", "-M", "4", "-Y", folder.Path, .. more], folder);
        var probe = new SipProbe(listen.Address, listen);
        await Eventually.TrueAsync(() =>
        {
            Assert.False(kamailio.HasExited, kamailio.Output);
            return probe.IsAnswered();
        });
        return kamailio;
    }
}
