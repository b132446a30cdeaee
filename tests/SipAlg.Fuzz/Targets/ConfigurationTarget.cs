using System.Text;
using System.Text.Json.Nodes;
using SipAlg.Configuration;
using SipAlg.Configuration.Problems;
using SipAlg.Fuzz.Engine;

namespace SipAlg.Fuzz.Targets;

/// <summary>
/// Configuration and dialplan, in one input with a line of percent signs between them: loading ends with a model or with problems that
/// have a place, within bounds of memory and time, and a model that was loaded decides about any number.
/// </summary>
internal sealed class ConfigurationTarget() : Target("config", 4, Seeded(), Keys())
{
    private const string Between = "\n%%%\n";
    private const long MostMemory = 512L << 20;

    private static readonly string[] Numbers = ["", "0", "+4930123", "112", "alice", "é\u0000\r\n", "9196", new('1', 300)];

    private readonly MemoryFiles _files = new();

    /// <summary>Regular expressions are made, and compiled the first time.</summary>
    public override int MostTime => 3000;

    private static byte[][] Seeded()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Data", "configurations");
        var files = Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText).ToArray();
        var plans = files.Where(text => text.Contains("\nroutes:", StringComparison.Ordinal) || text.StartsWith("routes:", StringComparison.Ordinal)).ToArray();
        return [.. files.Except(plans).SelectMany(_ => plans, (file, plan) => Encoding.UTF8.GetBytes(file + Between + plan))];
    }

    /// <summary>Every key that the schema knows, and what values are made of.</summary>
    private static byte[][] Keys()
    {
        var keys = new HashSet<string>();
        Collect(JsonNode.Parse(ConfigurationSchema.OfConfiguration()), keys);
        Collect(JsonNode.Parse(ConfigurationSchema.OfDialplan()), keys);
        string[] values =
        [
            "\n", "\n  ", "\n- ", ": ", "[", "]", "{ ", " }", ", ", "'", "\"", "#", "&a ", "*a", "<<: *a", "|\n  ", ">\n", "!!str ", "---\n", "...", "?", "~", "null", "\t", "\uFEFF", "${NAME}", "${file:/x}", "$${", "${", "${n}", "off", "auto", "0", "-1",
            "1e9", "5m", "99999999999999999999d", "20/s", "192.0.2.0/24", "::/0", "udp://0.0.0.0:5060", "tls://[::]:5061", "10000-19999", "65536", "sip:a@b;transport=udp", "'^(?<n>[0-9]+)$'", "(a{999}){999}", "((((((", "Mon-Fri 08:00-18:00 Europe/Berlin", "x-a: ", "é", "\0", Between,
        ];
        return [.. keys.Select(key => Encoding.UTF8.GetBytes(key + ": ")), .. Texts(values)];
    }

    private static void Collect(JsonNode? node, HashSet<string> keys)
    {
        foreach (var (name, value) in node as JsonObject ?? [])
        {
            if (name == "properties")
            {
                keys.UnionWith(((JsonObject)value!).Select(property => property.Key));
            }

            Collect(value, keys);
        }

        foreach (var item in node as JsonArray ?? [])
        {
            Collect(item, keys);
        }
    }

    public override string? Check(FuzzInput input, Features features)
    {
        var text = Encoding.UTF8.GetString(input.Octets).Split(Between, 2);
        (_files.ConfigurationText, _files.DialplanText) = (text[0], text.Length > 1 ? text[1] : "routes: []");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = Load();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        foreach (var problem in result.Problems)
        {
            features.Add(1, string.GetHashCode(problem.Message.AsSpan(0, Math.Min(problem.Message.Length, 12)), StringComparison.Ordinal));
        }

        return allocated > MostMemory ? $"It takes {allocated >> 20} MB."
            : result.Configuration is null != result.Problems.Any(problem => problem.Severity == Severity.Error) ? "A model though there are errors, or none though there are none."
            : result.Problems.Any(problem => problem.At.Line < 1 || problem.At.Column < 1 || problem.Message.Length == 0) ? "A problem has no place or no words."
            : result.Configuration is { } loaded ? Decide(loaded, features) : null;
    }

    private LoadResult Load() => new ConfigurationLoader(_files, static name => name == "NAME" ? "value" : null, HostFacts.Unknown, new Random(1)).Load(MemoryFiles.Configuration);

    private static string? Decide(LoadedConfiguration loaded, Features features)
    {
        foreach (var realm in loaded.Model.Realms)
        {
            foreach (var number in Numbers)
            {
                var decided = new DryRun { Realm = realm, Called = number, Caller = number, Domain = "a.example", At = DateTimeOffset.UnixEpoch }.Ask(loaded.Model).Decision;
                features.AddSize(2, decided.Targets.Length);
                if (decided.Called?.Contains('\n', StringComparison.Ordinal) == true)
                {
                    return "A called number of two lines.";
                }
            }
        }

        return null;
    }
}
