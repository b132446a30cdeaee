using System.Security.Cryptography;
using System.Text;

namespace SipAlg.Configuration.Yaml;

/// <summary>What is written in a node, in a few octets: two that say the same are alike, wherever they stand. Gives no secret away.</summary>
internal static class NodePrint
{
    public static string Of(ConfigNode node)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, node);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, ConfigNode node)
    {
        switch (node)
        {
            case ScalarNode scalar:
                Add(hash, 's', scalar.Text);
                break;
            case SequenceNode list:
                Add(hash, 'l', list.Items.Count);
                foreach (var item in list.Items)
                {
                    Add(hash, item);
                }

                break;
            case MappingNode mapping:
                Add(hash, 'm', mapping.Entries.Length);
                foreach (var entry in mapping.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    Add(hash, 'k', entry.Key);
                    Add(hash, entry.Value);
                }

                break;
        }
    }

    private static void Add(IncrementalHash hash, char kind, string text)
    {
        Add(hash, kind, text.Length);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    private static void Add(IncrementalHash hash, char kind, int length) => hash.AppendData([(byte)kind, .. BitConverter.GetBytes(length)]);
}
