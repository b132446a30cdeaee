using System.Diagnostics.CodeAnalysis;
using System.Text;
using SipAlg.Configuration;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Tests.Configuration;

/// <summary>Loads configurations from memory, on a host whose facts and environment are known.</summary>
internal sealed class ConfigurationBench : ISourceFiles
{
    /// <summary>Stands before the character at which a problem is expected.</summary>
    public const char Mark = '§';

    public const string Realms =
        """
        realms:
          inside: { listen: udp://10.0.0.1:5060, media: { ports: 10000-10999 } }
          outside: { listen: udp://10.0.1.1:5060, media: { ports: 11000-11999 }, advertise: 192.0.2.1 }
        """;

    public const string Peers =
        """
        peers:
          pbx: { realm: inside, address: 'sip:10.0.0.10', accept_from: 10.0.0.10 }
          carrier: { realm: outside, address: 'sip:sip.carrier.example' }
          caller: { realm: outside, accept_from: 198.51.100.0/24 }
        """;

    private static readonly HostFacts Host = new(new PortRange(32768, 60999), [IpAddress.Parse("172.17.0.1")]);

    public HostFacts Facts { get; init; } = Host;

    public Dictionary<string, string> Files { get; } = new() { ["d.yaml"] = "routes: []", ["secrets/token"] = "s3cret\n", ["days.txt"] = "12-25 Christmas\n" };

    public Dictionary<string, string> Environment { get; } = new() { ["NAME"] = "value", ["EMPTY"] = "" };

    public LoadResult Load(string configuration)
    {
        Files["sipalg.yaml"] = configuration;
        return new ConfigurationLoader(this, Environment.GetValueOrDefault, Facts, new Random(1)).Load("sipalg.yaml");
    }

    /// <summary>Loads a configuration, adding the realms and the dialplan if it has none; they follow, so no position changes.</summary>
    public LoadResult LoadPart(string part) => Load(Complete(part));

    /// <summary>Loads a dialplan beside two realms, two peers and one that only calls in.</summary>
    public LoadResult LoadDialplan(string dialplan)
    {
        Files["d.yaml"] = dialplan;
        return Load($"{Realms}\n{Peers}\ndialplan: d.yaml");
    }

    /// <summary>Takes the mark out of a text and says where it stood.</summary>
    public static (string Text, int Line, int Column) Unmark(string text)
    {
        var at = text.IndexOf(Mark, StringComparison.Ordinal);
        var before = text[..at];
        return (text.Remove(at, 1), before.Count(c => c == '\n') + 1, at - before.LastIndexOf('\n'));
    }

    public static IEnumerable<Problem> Errors(LoadResult result) => result.Problems.Where(problem => problem.Severity == Severity.Error);

    public static IEnumerable<Problem> Warnings(LoadResult result) => result.Problems.Where(problem => problem.Severity == Severity.Warning);

    string ISourceFiles.Resolve(string fromFile, string relative) => relative;

    bool ISourceFiles.TryRead(string path, out string text, out string fault)
    {
        var isThere = Files.TryGetValue(path, out var found);
        (text, fault) = (found ?? "", isThere ? "" : "there is no such file");
        return isThere;
    }

    bool ISourceFiles.TryOpen(string path, [NotNullWhen(true)] out Stream? stream, out string fault)
    {
        stream = ((ISourceFiles)this).TryRead(path, out var text, out fault) ? new MemoryStream(Encoding.UTF8.GetBytes(text)) : null;
        return stream is not null;
    }

    IReadOnlyList<string>? ISourceFiles.ListYaml(string path) => path.EndsWith('/')
        ? [.. Files.Keys.Where(file => file.StartsWith(path, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : null;

    /// <summary>With the realms and the dialplan if it has none; they follow, so no position changes.</summary>
    public static string Complete(string part)
    {
        var lines = part.Split('\n');
        bool Has(string key) => lines.Any(line => line.TrimStart(Mark).StartsWith(key, StringComparison.Ordinal));
        return part + (Has("realms:") ? "" : "\n" + Realms) + (Has("dialplan:") ? "" : "\ndialplan: d.yaml");
    }
}
