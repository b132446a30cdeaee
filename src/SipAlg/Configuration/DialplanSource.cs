using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration;

/// <summary>Reads the files of a dialplan: one, or those of a folder in name order.</summary>
internal sealed class DialplanSource(ISourceFiles files, Func<string, string?> environment, ProblemList problems)
{
    /// <param name="path">What <c>dialplan</c> says.</param>
    /// <param name="configuration">The file that says it.</param>
    public IReadOnlyList<DialplanOptions> Read(Located<string> path, string configuration)
    {
        var resolved = files.Resolve(configuration, path.Value);
        var listed = files.ListYaml(resolved);
        if (listed is { Count: 0 })
        {
            problems.Error(path.At, $"the dialplan folder '{path.Value}' holds no *.yaml that can be read");
        }

        return [.. (listed ?? [resolved]).Select(file => ReadFile(file, path)).OfType<DialplanOptions>()];
    }

    private DialplanOptions? ReadFile(string file, Located<string> path)
    {
        if (!files.TryRead(file, out var text, out var fault))
        {
            problems.Error(path.At, $"the dialplan '{file}' cannot be read: {fault}", "paths are relative to the configuration file");
            return null;
        }

        var interpolation = new Interpolation(file, files, environment, problems);
        var before = problems.HasErrors;
        var node = YamlReader.Read(file, text, problems, interpolation.Dialplan);
        if (node is null && problems.HasErrors == before)
        {
            problems.Error(new SourcePosition(file, 1, 1), "the dialplan is empty", "write routes: []");
        }

        var options = node is null ? null : DialplanOptions.Shape.Bind(node, "dialplan", problems)?.Value;
        if (options is not null)
        {
            options.Node = node;
        }

        return options;
    }
}
