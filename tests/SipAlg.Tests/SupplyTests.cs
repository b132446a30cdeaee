using System.Text.Json;
using System.Text.RegularExpressions;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests;

/// <summary>What the program is built from is what the repository says, and nothing else.</summary>
public sealed class SupplyTests
{
    private static IEnumerable<string> Projects => new[] { "src", "tests" }
        .SelectMany(folder => Directory.EnumerateDirectories(Repository.File(folder)))
        .Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any());

    /// <summary>A project without one would take whatever a package source has.</summary>
    [Fact]
    public void Every_project_has_a_lock_file() => Assert.All(Projects, folder => Assert.True(File.Exists(Path.Combine(folder, "packages.lock.json")), $"{folder}: dotnet restore writes one"));

    [Fact]
    public void Every_package_is_locked_by_its_hash() => Assert.All(Projects.SelectMany(Packages), package => Assert.False(string.IsNullOrEmpty(package.Hash), package.Name));

    [Fact]
    public void The_documents_name_every_package_of_the_program_and_its_version()
    {
        var written = Regex.Matches(File.ReadAllText(Repository.File("docs", "dependencies.md")), @"^\| (?<name>[\w.]+) \| (?<version>[\d.]+) \| (?<licence>[\w.-]+) \|", RegexOptions.Multiline)
            .Select(row => (row.Groups["name"].Value, row.Groups["version"].Value)).Order();

        Assert.Equal(Packages(Repository.File("src", "SipAlg")).Select(package => (package.Name, package.Version)).Order(), written);
    }

    /// <summary>Continuous integration and the image restore by them.</summary>
    [Fact]
    public void They_are_what_the_builds_of_others_go_by()
    {
        Assert.Contains("<RestoreLockedMode Condition=\"'$(CI)' == 'true'", File.ReadAllText(Repository.File("Directory.Build.props")), StringComparison.Ordinal);
        Assert.Contains("export CI=true", File.ReadAllText(Repository.File(".ci", "run")), StringComparison.Ordinal);
        var image = File.ReadAllText(Repository.File("Dockerfile"));
        Assert.Contains("CI=true dotnet restore", image, StringComparison.Ordinal);
        Assert.Equal(Directory.GetDirectories(Repository.File("src")).Length, Regex.Count(image, "/packages.lock.json src/"));
        Assert.Matches(@"(?m)^USER \d+:\d+$", image);
    }

    private static IEnumerable<(string Name, string Version, string? Hash)> Packages(string folder)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "packages.lock.json")));
        return [.. file.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .Select(package => (package.Name, package.Value.GetProperty("resolved").GetString()!, package.Value.GetProperty("contentHash").GetString()))];
    }
}
