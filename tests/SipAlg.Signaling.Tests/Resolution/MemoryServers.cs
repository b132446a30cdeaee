using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>Name servers in memory: they hold records, and each can be told to be silent, to fail or to answer oddly.</summary>
internal sealed class MemoryServers : IDnsTransport
{
    public static IpEndpoint First { get; } = IpEndpoint.Parse("192.0.2.53:53");
    public static IpEndpoint Second { get; } = IpEndpoint.Parse("[2001:db8::53]:53");

    private readonly Dictionary<IpEndpoint, Func<DnsQuery, bool, DnsExchange>> _odd = [];

    public List<DnsRecord> Records { get; } = [];

    /// <summary>The negative answers' SOA; null: they have none.</summary>
    public ZoneRecord? Zone { get; set; } = new("example.com", 600, 60);

    /// <summary>Who was asked what, over TCP or not.</summary>
    public List<(IpEndpoint Server, DnsQuestion Question, bool IsStream, bool IsExtended)> Asked { get; } = [];

    /// <summary>Answers wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Answers for a type wait for it.</summary>
    public Func<DnsType, Task> GateOf { get; set; } = _ => Task.CompletedTask;

    public IEnumerable<string> Names => Asked.Select(asked => $"{asked.Question.Type} {asked.Question.Name}".ToUpperInvariant());

    public void Add(params DnsRecord[] records) => Records.AddRange(records);

    public void Address(string name, string address, uint seconds = 300)
    {
        var ip = IpAddress.Parse(address);
        Add(new AddressRecord(name, ip.IsV4 ? DnsType.A : DnsType.Aaaa, seconds, ip));
    }

    public void Service(string name, int priority, int weight, int port, string target, uint seconds = 300) =>
        Add(new ServiceRecord(name, seconds, (ushort)priority, (ushort)weight, (ushort)port, target));

    public void Pointer(string name, int order, int preference, string service, string replacement, string flags = "s") =>
        Add(new PointerRecord(name, 300, (ushort)order, (ushort)preference, flags, service, "", replacement));

    /// <summary>From now on a server answers like this.</summary>
    public void Make(IpEndpoint server, Func<DnsQuery, bool, DnsExchange> odd) => _odd[server] = odd;

    public void MakeSilent(params IpEndpoint[] servers)
    {
        foreach (var server in servers)
        {
            Make(server, (_, _) => new DnsExchange(null, HasTimedOut: true));
        }
    }

    public void MakeSound() => _odd.Clear();

    public async Task<DnsExchange> AskAsync(IpEndpoint server, DnsQuery query, bool isStream, TimeSpan within)
    {
        lock (Asked)
        {
            Asked.Add((server, query.Question, isStream, query.Octets.Span[11] == 1));
        }

        await Gate;
        await GateOf(query.Question.Type);
        return _odd.TryGetValue(server, out var odd) ? odd(query, isStream) : Read(query, Answer(query));
    }

    public static DnsExchange Read(DnsQuery query, byte[] message) =>
        query.TryAnswer(message, out var response) ? new DnsExchange(response, HasTimedOut: false) : new DnsExchange(null, HasTimedOut: true);

    public byte[] Answer(DnsQuery query)
    {
        var name = query.Question.Name;
        var answers = new List<DnsRecord>();
        while (Records.OfType<AliasRecord>().FirstOrDefault(record => record.Name == name) is { } alias && answers.Count < 20)
        {
            answers.Add(alias);
            name = alias.Target;
        }

        var found = Records.Where(record => record.Name == name && record.Type == query.Question.Type).ToList();
        var code = Records.Any(record => record.Name == name || record.Name.EndsWith("." + name, StringComparison.Ordinal)) ? DnsCode.NoError : DnsCode.NameError;
        return DnsMessage.Answer(query, code, [.. answers, .. found], found.Count == 0 && Zone is { } zone ? [zone] : []);
    }
}
