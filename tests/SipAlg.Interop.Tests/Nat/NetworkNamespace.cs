using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace SipAlg.Interop.Tests.Nat;

/// <summary>A network namespace of this run, which needs root. Its name holds the process id, so that one whose test was killed is found and removed by the next run.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNetwork = 0x40000000;
    private const string Prefix = "sipalg-";
    private static readonly string Run = $"{Prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-";

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    public static NetworkNamespace Create(string name)
    {
        Assert.True(Environment.IsPrivilegedProcess, "Network namespaces need root: run the tests as root, as CI does.");
        var created = new NetworkNamespace(Run + name);
        Ip($"netns add {created.Name}");
        created.Execute("ip", "link set lo up");
        return created;
    }

    /// <summary>Removes what runs that were killed have left behind.</summary>
    public static void RemoveLeftovers() => Remove(process => !Directory.Exists($"/proc/{process}"));

    /// <summary>Removes all of this run.</summary>
    public static void RemoveOwn() => Remove(process => process == $"{Environment.ProcessId}");

    private static void Remove(Predicate<string> isOf)
    {
        foreach (Match name in Named().Matches(Output("ip", "netns list")))
        {
            if (isOf(name.Groups[1].Value))
            {
                Ip($"netns del {name.Value}");
            }
        }
    }

    /// <summary>A pair of interfaces, one in each namespace.</summary>
    public static void Join(NetworkNamespace one, string oneName, NetworkNamespace other, string otherName) =>
        Ip($"link add {oneName} netns {one.Name} type veth peer name {otherName} netns {other.Name}");

    /// <summary>Carries out a program in the namespace, and fails if that does.</summary>
    public void Execute(string program, string arguments) => Ip($"netns exec {Name} {program} {arguments}");

    /// <summary>Reads a ruleset, which takes the place of all others at once.</summary>
    public void Filter(string ruleset)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"flush ruleset\n{ruleset}\n");
        Execute("nft", $"-f {file}");
        File.Delete(file);
    }

    /// <summary>How to start a program in the namespace; it gets the process id of what is started.</summary>
    public (string Program, string[] Arguments) Command(string program, params string[] arguments) => ("ip", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>A socket of the namespace.</summary>
    public Socket Socket(SocketType type, ProtocolType protocol)
    {
        Socket? socket = null;
        Enter(() => socket = new Socket(AddressFamily.InterNetwork, type, protocol));
        return socket!;
    }

    /// <summary>Does something on a thread that enters the namespace and ends.</summary>
    public void Enter(Action work)
    {
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{Name}");
                if (SetNamespace((int)handle.DangerousGetHandle(), CloneNewNetwork) != 0)
                {
                    throw new IOException($"setns: errno {Marshal.GetLastPInvokeError()}");
                }

                work();
            }
            catch (Exception caught)
            {
                fault = caught;
            }
        });
        thread.Start();
        thread.Join();
        if (fault is not null)
        {
            throw new IOException($"in {Name}: {fault.Message}", fault);
        }
    }

    public void Dispose() => Ip($"netns del {Name}");

    private static void Ip(string arguments) => Output("ip", arguments);

    private static string Output(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {arguments}: {error.Result}");
        return output;
    }

    [GeneratedRegex($@"\b{Prefix}(\d+)-\w+")]
    private static partial Regex Named();

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
