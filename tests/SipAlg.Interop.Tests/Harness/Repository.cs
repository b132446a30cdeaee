using System.Reflection;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>Files of the repository that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string Root = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Repository").Value!;

    public static string File(params string[] path) => Path.GetFullPath(Path.Combine([Root, .. path]));
}
