using System.CommandLine;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Configuration.Reloading;
using SipAlg.State;

namespace SipAlg.Commands;

/// <summary>The <c>--config</c> option, and which configuration holds without it.</summary>
internal static class ConfigurationFile
{
    /// <summary>Of the embedded default.</summary>
    public const string StateFolder = "state";
    public const string OptionName = "--config";
    private const string Usual = "sipalg.yaml";

    public static Option<string?> Option() => new(OptionName) { Description = $"Configuration file. Default: {Usual} here, else the embedded default." };

    /// <summary>Null for the embedded default.</summary>
    public static string? Choose(string? written) => written ?? (File.Exists(Usual) ? Usual : null);

    /// <param name="file">Null for the embedded default.</param>
    /// <param name="users">Those of the embedded default; null for the ones of this folder.</param>
    /// <param name="checksLimits">Warns of what the system gives too little of.</param>
    /// <param name="files">Notes what is read of the disk; null: nobody asks.</param>
    public static LoadResult Load(string? file, DemoUsers? users = null, bool checksLimits = false, NotedFiles? files = null) =>
        file is null ? ConfigurationLoader.LoadDefault(users ?? DemoUsers.Open(StateFolder)) : ConfigurationLoader.LoadFile(file, checksLimits, files: files);

    /// <summary>Where the admin server of a configuration is; null: that cannot be read.</summary>
    /// <param name="file">Null for the embedded default.</param>
    public static AdminSettings? FindAdmin(string? file) => file is null ? Load(file).Configuration?.Host.Admin : ConfigurationLoader.FindAdmin(file);

    /// <summary>The configuration that the gateway was started with, read again.</summary>
    /// <param name="request">How it was started.</param>
    /// <param name="running">What runs now.</param>
    /// <param name="files">Notes what is read.</param>
    public static LoadResult Reload(RunRequest request, GatewayModel running, NotedFiles files) => request.ConfigurationFile is { } file
        ? ConfigurationLoader.LoadFile(file, before: running, files: files)
        : ConfigurationLoader.LoadDefault(request.DemoUsers ?? DemoUsers.Open(StateFolder), running);
}
