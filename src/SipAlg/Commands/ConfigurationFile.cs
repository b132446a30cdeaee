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

    /// <param name="users">Those of the embedded default; null for the ones of this folder.</param>
    public static LoadResult Load(string? file, DemoUsers? users = null) =>
        file is null ? ConfigurationLoader.LoadDefault(users ?? DemoUsers.Open(StateFolder)) : ConfigurationLoader.LoadFile(file);
}
