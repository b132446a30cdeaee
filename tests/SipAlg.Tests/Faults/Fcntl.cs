using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SipAlg.Tests.Faults;

/// <summary>What .NET does not tell of pipes and of sockets of other processes.</summary>
internal static partial class Fcntl
{
    private const int GetPipeSize = 1032;

    /// <summary>Octets that a pipe holds until who writes has to wait.</summary>
    public static int PipeSize(SafeFileHandle pipe)
    {
        var size = Call((int)pipe.DangerousGetHandle(), GetPipeSize, 0);
        Assert.True(size > 0);
        return size;
    }

    /// <summary>A UDP socket has this port in the network of a process.</summary>
    public static bool IsBound(int process, int port) =>
        File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/net/udp").Contains($":{port.ToString("X4", CultureInfo.InvariantCulture)} 00000000:0000", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Call(int descriptor, int command, long argument);
}
