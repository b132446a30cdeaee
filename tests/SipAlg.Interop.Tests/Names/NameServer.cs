using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Names;

/// <summary>NSD with one zone, example.test, whose records hold for a second and may be written anew while it runs.</summary>
internal sealed partial class NameServer
{
    private const int HangUp = 1;

    private readonly ScenarioFolder _folder;
    private readonly ChildProcess _process;
    private int _serial;

    private NameServer(ScenarioFolder folder, ChildProcess process, int serial) => (_folder, _process, _serial) = (folder, process, serial);

    public string Output => _process.Output;

    public static async Task<NameServer> StartAsync(ScenarioFolder folder, IPEndPoint listen, string records)
    {
        Write(folder, 1, records);
        var file = folder.Write("nsd.conf", $"""
            server:
                ip-address: {listen.Address}@{listen.Port}
                username: ""
                chroot: ""
                zonesdir: "{folder.Path}"
                database: ""
                pidfile: "{folder["nsd.pid"]}"
                xfrdfile: "{folder["xfrd.state"]}"
                xfrdir: "{folder.Path}"
                zonelistfile: "{folder["zone.list"]}"
                server-count: 1
                verbosity: 1
            remote-control:
                control-enable: no
            zone:
                name: "example.test"
                zonefile: "example.test.zone"

            """);
        var process = ChildProcess.Start("nsd", ["-c", file, "-d"], folder);
        await Eventually.TrueAsync(() =>
        {
            Assert.False(process.HasExited, process.Output);
            return process.Output.Contains("nsd started", StringComparison.Ordinal);
        });
        return new NameServer(folder, process, 1);
    }

    /// <summary>Puts other records in the place of all.</summary>
    public async Task SetAsync(string records)
    {
        var reads = Reads;
        Write(_folder, ++_serial, records);
        _ = Kill(_process.Id, HangUp);
        await Eventually.TrueAsync(() => Reads > reads);
    }

    private int Reads => _process.Output.Split("read with success").Length;

    private static void Write(ScenarioFolder folder, int serial, string records) => folder.Write("example.test.zone", $"""
        $ORIGIN example.test.
        $TTL 1
        @ SOA ns admin {serial.ToString(CultureInfo.InvariantCulture)} 3600 600 86400 1
        @ NS ns
        ns A 127.0.0.1
        {records}

        """);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
