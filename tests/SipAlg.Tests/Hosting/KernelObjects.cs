using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace SipAlg.Tests.Hosting;

/// <summary>What a process holds in the kernel by bpf(2): programs, maps, and links (places at interfaces). Asking takes root.</summary>
internal sealed partial class KernelObjects
{
    private static readonly nint Call = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    private readonly record struct Item(string Kind, uint Id);

    private readonly Item[] _all;

    private KernelObjects(Item[] all) => _all = all;

    public int Count(string kind) => _all.Count(item => item.Kind == kind);

    /// <summary>Of those, the ones that are still there.</summary>
    public IReadOnlyList<string> Left => [.. _all.Where(IsThere).Select(item => $"{item.Kind} {item.Id}")];

    /// <summary>By what the system tells of its descriptors.</summary>
    public static KernelObjects Of(int process)
    {
        var told = Directory.GetFiles($"/proc/{process}/fdinfo").SelectMany(ReadLines).Select(line => Named().Match(line)).Where(match => match.Success);
        return new KernelObjects([.. told.Select(match => new Item(match.Groups[1].Value, uint.Parse(match.Groups[2].Value))).Distinct()]);
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return [];
        }
    }

    /// <summary>BPF_*_GET_FD_BY_ID: ENOENT, or a descriptor.</summary>
    private static unsafe bool IsThere(Item item)
    {
        const int NoEntry = 2;
        var command = item.Kind switch { "prog" => 13, "map" => 14, _ => 30 };
        var attributes = stackalloc uint[3] { item.Id, 0, 0 };
        var descriptor = (int)SystemCall(Call, command, attributes, 3 * sizeof(uint));
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
            return true;
        }

        Assert.Equal(NoEntry, Marshal.GetLastPInvokeError());
        return false;
    }

    [GeneratedRegex(@"^(prog|map|link)_id:\s+(\d+)$")]
    private static partial Regex Named();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial nint SystemCall(nint number, int command, uint* attributes, uint size);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
