using System.Globalization;
using SipAlg.Commands;
using SipAlg.Configuration;

namespace SipAlg.Tests.Hosting;

/// <summary>A folder with a configuration whose listeners take any free port.</summary>
internal sealed class GatewayFolder : IDisposable
{
    private const string Dialplan =
        """
        routes:
          - { name: echo, when: { realm: phones, called: ['600'] }, to: [ { service: echo } ] }
          - { name: far, when: { realm: phones, called: ['700'] }, to: [ { peer: far } ] }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;

    /// <param name="admin">What stands in <c>admin</c> besides its address.</param>
    /// <param name="more">Further keys of the file.</param>
    /// <param name="far">Port of the peer "far".</param>
    /// <param name="trunk">Further keys of that peer.</param>
    /// <param name="realm">Further keys of the realm.</param>
    /// <param name="files">Further files, by name.</param>
    /// <param name="records">Where call records go.</param>
    /// <param name="t1">Of <c>sip</c>, with what follows it there.</param>
    public GatewayFolder(string admin = "", string more = "", int far = 9, string listen = "udp://127.0.0.1:0", string adminListen = "127.0.0.1:0", string trunk = "", string realm = "", IReadOnlyDictionary<string, string>? files = null, string records = "cdr: { file: cdr/calls.jsonl }", string t1 = "50ms")
    {
        var ports = MediaPorts();
        System.IO.File.WriteAllText(DialplanFile, Dialplan);
        foreach (var (name, text) in files ?? new Dictionary<string, string>())
        {
            System.IO.File.WriteAllText(Path.Combine(_folder, name), text);
        }

        System.IO.File.WriteAllText(
            File,
            $$"""
            admin: { listen: '{{adminListen}}'{{(admin.Length > 0 ? ", " + admin : "")}} }
            realms:
              phones: { listen: ['{{listen}}', 'tcp://127.0.0.1:0'], media: { bind: 127.0.0.1, ports: {{ports}} }{{(realm.Length > 0 ? ", " + realm : "")}} }
            peers:
              callers: { realm: phones, accept_from: 127.0.0.1 }
              far: { realm: phones, address: 'sip:127.0.0.1:{{far.ToString(CultureInfo.InvariantCulture)}}', accept_from: 127.0.0.2{{(trunk.Length > 0 ? ", " + trunk : "")}} }
            dialplan: d.yaml
            {{records}}
            sip: { t1: {{t1}} }
            {{more}}
            """);
    }

    /// <summary>Where the gateway keeps what outlives it.</summary>
    public string State => Path.Combine(_folder, "state");

    /// <summary>The dialplan that the configuration names.</summary>
    public string DialplanFile => Path.Combine(_folder, "d.yaml");

    public string File => Path.Combine(_folder, "sipalg.yaml");

    public string CdrFile => Path.Combine(_folder, "cdr", "calls.jsonl");

    public RunRequest Load()
    {
        var loaded = ConfigurationLoader.LoadFile(File);
        Assert.True(loaded.Configuration is not null, string.Join('\n', loaded.Problems));
        return new RunRequest(loaded.Configuration, loaded.Problems, File);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Below the ports that the system gives to listeners here; those that are taken are passed over by the gateway.</summary>
    private static string MediaPorts()
    {
        var first = 10_000 + (2 * Random.Shared.Next(10_000));
        return string.Create(CultureInfo.InvariantCulture, $"{first}-{first + 499}");
    }
}
