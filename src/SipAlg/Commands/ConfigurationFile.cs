using System.CommandLine;
using SipAlg.Configuration;
using SipAlg.State;

namespace SipAlg.Commands;

/// <summary>The <c>--config</c> option, and which configuration holds without it.</summary>
internal static class ConfigurationFile
{
    /// <summary>Of the embedded default.</summary>
    public const string StateFolder = "state";
    private const string Usual = "sipalg.yaml";

    public static Option<string?> Option() => new("--config") { Description = $"Configuration file. Default: {Usual} here, else the embedded default." };

    /// <summary>Null for the embedded default.</summary>
    public static string? Choose(string? written) => written ?? (File.Exists(Usual) ? Usual : null);

    /// <param name="file">Null for the embedded default.</param>
    /// <param name="users">Those of the embedded default; null for the ones of this folder.</param>
    /// <param name="checksLimits">Warns of what the system gives too little of.</param>
    public static LoadResult Load(string? file, DemoUsers? users = null, bool checksLimits = false) =>
        file is null ? ConfigurationLoader.LoadDefault(users ?? DemoUsers.Open(StateFolder)) : ConfigurationLoader.LoadFile(file, checksLimits);
}
