using System.Diagnostics;
using System.Globalization;
using System.IO.Enumeration;
using System.Reflection;
using System.Runtime;

namespace SipAlg.Hosting;

/// <summary>What this process is and may.</summary>
internal static class ProcessFacts
{
    private const string LimitName = "Max open files";

    public static string Version { get; } =
        (Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    public static DateTimeOffset Started { get; } = ReadStarted();

    /// <summary>How the collector works, as the running process has it.</summary>
    public static string Collector =>
        $"{(GCSettings.IsServerGC ? "server" : "workstation")} {(GCSettings.LatencyMode == GCLatencyMode.Batch ? "non-concurrent" : "concurrent")}";

    /// <summary>Descriptors that may be open: the soft limit, which the runtime raises to the hard one at its start.</summary>
    public static long MostDescriptors { get; } = ReadLimit(File.ReadLines("/proc/self/limits"));

    /// <summary>Counted without a string for each of maybe 20,000.</summary>
    public static int OpenDescriptors()
    {
        var entries = new FileSystemEnumerable<byte>("/proc/self/fd", static (ref FileSystemEntry _) => 1, new EnumerationOptions { AttributesToSkip = 0 });

        // One of them is the folder that is being read.
        return entries.Count() - 1;
    }

    /// <param name="lines">As of <c>/proc/self/limits</c>.</param>
    /// <returns><see cref="long.MaxValue"/> for no limit.</returns>
    internal static long ReadLimit(IEnumerable<string> lines)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith(LimitName, StringComparison.Ordinal)) ?? LimitName;
        var soft = line[LimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }

    private static DateTimeOffset ReadStarted()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime;
    }
}
