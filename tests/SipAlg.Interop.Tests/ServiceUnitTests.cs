using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SipAlg.Interop.Tests;

/// <summary>The unit for service managers, as systemd itself judges it; nothing is started.</summary>
[Trait("Run", "second")]
public sealed class ServiceUnitTests : IDisposable
{
    /// <summary>Of systemd-analyze security, in tenths: 0 is closed, 100 open. What is left: the network itself, four capabilities, a compiler at run time.</summary>
    private const string MostExposure = "20";

    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-unit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>With a program that is there.</summary>
    private string Unit()
    {
        var unit = Path.Combine(_folder, "sipalg.service");
        var text = File.ReadAllText(Path.Combine(Root, "deploy", "systemd", "sipalg.service"));
        File.WriteAllText(unit, Regex.Replace(text, "(?m)^ExecStart=\\S+", "ExecStart=/bin/true"));
        return unit;
    }

    private static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "SipAlg.sln")))
            {
                folder = Path.GetDirectoryName(folder)!;
            }

            return folder;
        }
    }

    [Fact]
    public async Task Every_line_of_it_is_understood() => Assert.Equal((0, ""), await AnalyzeAsync("verify", Unit()));

    [Fact]
    public async Task It_leaves_little_open()
    {
        var (status, output) = await AnalyzeAsync("security", "--offline=yes", "--no-pager", $"--threshold={MostExposure}", Unit());

        Assert.True(status == 0, output);
    }

    private static async Task<(int Status, string Output)> AnalyzeAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("systemd-analyze", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output + await error);
    }
}
