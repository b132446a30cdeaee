namespace SipAlg.Tests.Configuration;

/// <summary>Files of the repository that this test was built from.</summary>
internal static class Repository
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    private static string Find(string folder) => System.IO.File.Exists(Path.Combine(folder, "SipAlg.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No SipAlg.sln above the tests."));
}
