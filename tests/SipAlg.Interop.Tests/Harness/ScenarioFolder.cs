using Xunit.Sdk;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>Where a scenario's programs write. Goes with its scenario when that succeeds, and is named when it fails.</summary>
internal sealed class ScenarioFolder
{
    /// <summary>Each wait of a scenario has a deadline of its own; this one is for what should not wait at all.</summary>
    /// <summary>Of the long forms more, which nobody waits for.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(Environment.GetEnvironmentVariable("SIPALG_LONG") == "1" ? 10 : 3);

    private readonly List<ChildProcess> _programs = [];

    private ScenarioFolder(string path) => Path = path;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public static ScenarioFolder Create(string prefix) => new(Directory.CreateTempSubdirectory($"sipalg-{prefix}-").FullName);

    /// <summary>Ends with the scenario at the latest, also when it failed before anybody else took it into care.</summary>
    public void Owns(ChildProcess program) => _programs.Add(program);

    private async Task EndProgramsAsync()
    {
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }
    }

    public void Delete() => Directory.Delete(Path, recursive: true);

    /// <summary>Runs a scenario; a failure names the folder and shows what <paramref name="log"/> says.</summary>
    public static async Task RunAsync(Func<string> log, Func<ScenarioFolder, Task> scenario)
    {
        var folder = Create("scenario");
        try
        {
            await scenario(folder).WaitAsync(Limit);
            await folder.EndProgramsAsync();
        }
        catch (Exception fault)
        {
            await folder.EndProgramsAsync();
            folder.Write("gateway.log", log());
            throw new XunitException($"{fault.Message}\nfiles: {folder.Path}\n{log()}", fault);
        }

        folder.Delete();
    }
}
