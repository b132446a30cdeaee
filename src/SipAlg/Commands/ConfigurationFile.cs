using System.CommandLine;
using SipAlg.Configuration;

namespace SipAlg.Commands;

/// <summary>The <c>--config</c> option, and which configuration holds without it.</summary>
internal static class ConfigurationFile
{
    private const string Usual = "sipalg.yaml";

    public static Option<string?> Option() => new("--config") { Description = $"Configuration file. Default: {Usual} here, else the embedded default." };

    /// <summary>Null for the embedded default.</summary>
    public static string? Choose(string? written) => written ?? (File.Exists(Usual) ? Usual : null);

    public static LoadResult Load(string? file) => file is null ? ConfigurationLoader.LoadDefault() : ConfigurationLoader.LoadFile(file);
}
