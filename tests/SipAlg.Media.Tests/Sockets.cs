namespace SipAlg.Media.Tests;

internal static class Sockets
{
    /// <summary>Socket descriptors of this process.</summary>
    public static int Open() => Directory.GetFiles("/proc/self/fd").Count(IsSocket);

    private static bool IsSocket(string path) => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
}
