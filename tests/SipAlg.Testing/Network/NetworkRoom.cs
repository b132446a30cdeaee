using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace SipAlg.Testing.Network;

/// <summary>
/// A network namespace without a name, with a thread in it: what runs there, and what is started from there, has a network of its own.
/// It ends with the last that is in it, also when the test is killed. Needs root, as CI is.
/// </summary>
public sealed partial class NetworkRoom : IDisposable
{
    private const int CloneNewNetwork = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private string _path = "";

    public NetworkRoom()
    {
        _thread = new Thread(Live) { IsBackground = true, Name = "network room" };
        _thread.Start();
        Do(Enter);
        Execute("ip link set lo up");
    }

    /// <summary>Does something in the room, and waits for it.</summary>
    public T Do<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? fault = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception caught)
            {
                fault = ExceptionDispatchInfo.Capture(caught);
            }

            done.Set();
        });
        done.Wait();
        fault?.Throw();
        return result!;
    }

    public void Do(Action work) => Do(() =>
    {
        work();
        return true;
    });

    /// <summary>Carries out a command line (no quoting) in the room and returns what it prints; fails if that does.</summary>
    public string Execute(string command) => Do(() => Run(command));

    /// <summary>A pair of Ethernet interfaces, one in each of two rooms (or both in one).</summary>
    public static void Join(NetworkRoom one, string oneName, NetworkRoom other, string otherName) =>
        one.Execute($"ip link add name {oneName} type veth peer name {otherName} netns {other._path}");

    /// <summary>Gives an interface addresses with their prefix lengths, and takes it up.</summary>
    public void Address(string name, params ReadOnlySpan<string> addresses)
    {
        foreach (var address in addresses)
        {
            // Without duplicate address detection an IPv6 address can be used at once.
            Execute($"ip address add {address} dev {name}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}");
        }

        Execute($"ip link set dev {name} up");
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Live()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }

    private void Enter()
    {
        if (Unshare(CloneNewNetwork) != 0)
        {
            throw new InvalidOperationException($"No network namespace (errno {Marshal.GetLastPInvokeError()}): run the tests as root, as CI does.");
        }

        _path = $"/proc/{Environment.ProcessId}/task/{ThreadId()}/ns/net";
    }

    private static string Run(string command)
    {
        var words = command.Split(' ');
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command}: {error.Result}");
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();
}
