using System.Collections.Frozen;
using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>hosts(5): names that have addresses without any name server. Immutable; a change of the file is another one of these.</summary>
internal sealed class HostsFile
{
    public const string Path = "/etc/hosts";

    private readonly FrozenDictionary<string, ImmutableArray<IpAddress>> _names;

    private HostsFile(FrozenDictionary<string, ImmutableArray<IpAddress>> names) => _names = names;

    public static HostsFile Empty { get; } = Parse("");

    public static HostsFile Parse(string text)
    {
        var names = new Dictionary<string, ImmutableArray<IpAddress>>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && IpAddress.TryParse(words[0], out var address))
            {
                foreach (var name in words[1..].Select(DnsName.Normal))
                {
                    var known = names.GetValueOrDefault(name, []);
                    names[name] = known.Contains(address) ? known : known.Add(address);
                }
            }
        }

        return new HostsFile(names.ToFrozenDictionary());
    }

    /// <summary>Empty for a name that does not stand there.</summary>
    public ImmutableArray<IpAddress> Find(string host) => _names.GetValueOrDefault(DnsName.Normal(host), []);
}
