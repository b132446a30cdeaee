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
    public static async Task<ChildProcess> StartAsync(ScenarioFolder folder, IPEndPoint listen, bool challenges = false, bool hasPasswords = false)
    {
        var template = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Pbx", "kamailio.cfg"));
        var file = folder.Write("kamailio.cfg", template.Replace("@listen@", $"{listen}", StringComparison.Ordinal));
        // Small memory, in the foreground, with its sockets of control in the scenario's folder.
        var kamailio = ChildProcess.Start("kamailio", ["-f", file, "-DD", "-E", "-m", "32", "-M", "4", "-Y", folder.Path, .. challenges ? ["-A", "CHALLENGES"] : hasPasswords ? ["-A", "PASSWORDS"] : Array.Empty<string>()], folder);
        var probe = new SipProbe(listen.Address, listen);
        await Eventually.TrueAsync(() =>
        {
            Assert.False(kamailio.HasExited, kamailio.Output);
            return probe.IsAnswered();
        });
        return kamailio;
    }
}
