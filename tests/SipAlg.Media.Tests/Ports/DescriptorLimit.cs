using System.Globalization;
using System.Runtime.InteropServices;

namespace SipAlg.Media.Tests.Ports;

/// <summary>Leaves the process a few descriptors only, until it ends.</summary>
internal sealed unsafe partial class DescriptorLimit : IDisposable
{
    private const int RLimitNoFile = 7;

    private readonly Limit _before;

    public DescriptorLimit(int left)
    {
        Limit before;
        Assert.Equal(0, GetRLimit(RLimitNoFile, &before));
        _before = before;
        var highest = Directory.GetFiles("/proc/self/fd").Max(path => ulong.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        Set(before with { Soft = highest + (ulong)left });
    }

    public void Dispose() => Set(_before);

    private static void Set(Limit limit) => Assert.Equal(0, SetRLimit(RLimitNoFile, &limit));

    private record struct Limit(ulong Soft, ulong Hard);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetRLimit(int resource, Limit* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetRLimit(int resource, Limit* limit);
}
