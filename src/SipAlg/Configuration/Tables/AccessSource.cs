using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Tables;

/// <summary>Reads the files of address blocks that realms name: a block a line, and after it, or behind <c>#</c>, what it is.</summary>
/// <param name="configuration">Paths are relative to it.</param>
internal sealed class AccessSource(ISourceFiles files, ProblemList problems, string configuration)
{
    private readonly Dictionary<string, IReadOnlyList<IpNetwork>> _read = new(StringComparer.Ordinal);

    public AccessLists Read(GatewayOptions options)
    {
        var lists = new AccessLists();
        foreach (var entry in options.Realms.SelectMany(realm => (realm.Value.Allow?.Value ?? []).Concat(realm.Value.Deny)))
        {
            if (entry.Value.File is { } file)
            {
                lists.Add(file, Read(entry, files.Resolve(configuration, file)));
            }
        }

        return lists;
    }

    private IReadOnlyList<IpNetwork> Read(Located<AccessEntry> entry, string path)
    {
        if (_read.TryGetValue(path, out var known))
        {
            return known;
        }

        if (!files.TryRead(path, out var text, out var fault))
        {
            problems.Error(entry.At, $"the address list '{path}' cannot be read: {fault}", "paths are relative to the configuration");
            return _read[path] = [];
        }

        return _read[path] = Parse(path, text);
    }

    private List<IpNetwork> Parse(string path, string text)
    {
        var networks = new List<IpNetwork>();
        foreach (var (index, line) in text.TrimStart('\uFEFF').Split('\n').Index())
        {
            var word = line.Split('#')[0].Split([' ', '\t', ',', ';', '\r'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
            if (word.Length == 0)
            {
                continue;
            }

            if (IpNetwork.TryParse(word, out var network))
            {
                networks.Add(network);
            }
            else
            {
                problems.Error(
                    new SourcePosition(path, index + 1, line.IndexOf(word, StringComparison.Ordinal) + 1), $"'{word}' is no address block",
                    "write one a line: 10.0.0.0/8, 2001:db8::/32 or a single address; what follows it, or #, is a remark");
            }
        }

        return networks;
    }
}
