using System.Collections.Immutable;
using System.Globalization;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>What resolv.conf(5) says. Lines that are not understood are passed over, as the system's resolver does.</summary>
internal sealed record ResolverFile
{
    public const string Path = "/etc/resolv.conf";
    public const ushort Port = 53;

    /// <summary>A call waits for the answer: less than the system's 5 s unless the file says so.</summary>
    public static TimeSpan UsualTimeout { get; } = TimeSpan.FromSeconds(2);

    private const int MostServers = 3;
    private const int MostDomains = 6;

    public ImmutableArray<IpEndpoint> Servers { get; init; } = [];

    /// <summary>Domains in which names are looked for that have few dots.</summary>
    public ImmutableArray<string> Search { get; init; } = [];

    /// <summary>A name with as many dots is looked for as it stands only.</summary>
    public int Dots { get; init; } = 1;
    public TimeSpan Timeout { get; init; } = UsualTimeout;
    public int Attempts { get; init; } = 2;

    public static ResolverFile Parse(string text)
    {
        var file = new ResolverFile();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1)
            {
                file = file.With(words[0], words[1..]);
            }
        }

        return file.Servers.IsEmpty ? file with { Servers = [new IpEndpoint(IpAddress.LoopbackV4, Port)] } : file;
    }

    private ResolverFile With(string keyword, string[] values) => keyword switch
    {
        "nameserver" when Servers.Length < MostServers && IpAddress.TryParse(values[0], out var address) => this with { Servers = Servers.Add(new IpEndpoint(address, Port)) },
        "search" or "domain" => this with { Search = [.. values.Select(DnsName.Normal).Where(domain => domain.Length > 0).Take(MostDomains)] },
        "options" => values.Aggregate(this, (file, option) => file.WithOption(option)),
        _ => this,
    };

    /// <summary>The bounds are those of the system's resolver.</summary>
    private ResolverFile WithOption(string option)
    {
        var colon = option.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !int.TryParse(option.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return this;
        }

        return option[..colon] switch
        {
            "ndots" => this with { Dots = Math.Min(value, 15) },
            "timeout" => this with { Timeout = TimeSpan.FromSeconds(Math.Clamp(value, 1, 30)) },
            "attempts" => this with { Attempts = Math.Clamp(value, 1, 5) },
            _ => this,
        };
    }

    /// <summary>
    /// The names to try for one, in order. A name that has a dot is taken for a whole one first, whatever ndots says: SIP's domains
    /// are, and their servers need not be bothered with guesses.
    /// </summary>
    public IEnumerable<string> NamesFor(string host)
    {
        var name = DnsName.Normal(host);
        var dots = name.Count(letter => letter == '.');
        if (host.EndsWith('.') || dots >= Dots)
        {
            return [name];
        }

        var searched = Search.Select(domain => $"{name}.{domain}");
        return dots > 0 ? searched.Prepend(name) : searched.Append(name);
    }
}
