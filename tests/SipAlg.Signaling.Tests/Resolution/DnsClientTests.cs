using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>RFC 1035 §7.2: which server is asked, and when another one.</summary>
public sealed class DnsClientTests
{
    private static readonly DnsQuestion Question = new("gw.example.com", DnsType.A);

    private readonly MemoryServers _servers = new();
    private readonly ResolverCounters _counters = new();

    private Task<DnsAnswer> AskAsync(DnsQuestion? question = null) => Client.AskAsync(question ?? Question);

    private DnsClient Client { get; }

    public DnsClientTests()
    {
        Client = new DnsClient([MemoryServers.First, MemoryServers.Second], TimeSpan.FromSeconds(2), 2, _servers, _counters);
        _servers.Address("gw.example.com", "192.0.2.1");
    }

    private long Count(string outcome) => _counters.Lookups.Single(entry => entry.Outcome == outcome).Count;

    [Fact]
    public async Task The_first_server_answers()
    {
        var answer = await AskAsync();

        Assert.Equal(DnsOutcome.Found, answer.Outcome);
        Assert.Equal(IpAddress.Parse("192.0.2.1"), ((AddressRecord)Assert.Single(answer.Records)).Address);
        Assert.Equal(TimeSpan.FromSeconds(300), answer.TimeToLive);
        Assert.Equal([(MemoryServers.First, Question, false, true)], _servers.Asked);
        Assert.Equal(1, Count("found"));
    }

    [Fact]
    public async Task A_silent_server_is_followed_by_the_next_which_stays_the_first()
    {
        _servers.MakeSilent(MemoryServers.First);

        await AskAsync();
        await AskAsync();

        Assert.Equal([MemoryServers.First, MemoryServers.Second, MemoryServers.Second], _servers.Asked.Select(asked => asked.Server));
    }

    [Fact]
    public async Task A_server_that_fails_is_followed_by_the_next()
    {
        _servers.Make(MemoryServers.First, (query, _) => MemoryServers.Read(query, DnsMessage.Answer(query, DnsCode.ServerFailure, [], [])));

        Assert.Equal(DnsOutcome.Found, (await AskAsync()).Outcome);
    }

    [Fact]
    public async Task Each_is_asked_twice_before_it_is_a_failure()
    {
        _servers.MakeSilent(MemoryServers.First, MemoryServers.Second);

        var answer = await AskAsync();

        Assert.Equal(DnsOutcome.TimedOut, answer.Outcome);
        Assert.Equal(4, _servers.Asked.Count);
        Assert.Equal(1, Count("timed_out"));
    }

    [Fact]
    public async Task What_is_truncated_is_asked_for_over_tcp()
    {
        _servers.Make(MemoryServers.First, (query, isStream) => MemoryServers.Read(
            query, isStream ? _servers.Answer(query) : DnsMessage.Answer(query, DnsCode.NoError, [], [], isTruncated: true)));

        var answer = await AskAsync();

        Assert.Equal(DnsOutcome.Found, answer.Outcome);
        Assert.Equal([false, true], _servers.Asked.Select(asked => asked.IsStream));
    }

    [Fact]
    public async Task A_server_that_does_not_know_EDNS0_is_asked_without()
    {
        _servers.Make(MemoryServers.First, (query, _) => MemoryServers.Read(
            query, query.Octets.Span[11] == 0 ? _servers.Answer(query) : DnsMessage.Answer(query, DnsCode.FormatError, [], [])));

        Assert.Equal(DnsOutcome.Found, (await AskAsync()).Outcome);
        Assert.Equal([true, false], _servers.Asked.Select(asked => asked.IsExtended));
    }

    [Fact]
    public async Task An_alias_is_followed_within_the_answer()
    {
        _servers.Add(new AliasRecord("sip.example.com", 20, "gw.example.com"));

        var answer = await AskAsync(Question with { Name = "sip.example.com" });

        Assert.Equal(DnsOutcome.Found, answer.Outcome);
        Assert.Equal(TimeSpan.FromSeconds(20), answer.TimeToLive);
    }

    [Fact]
    public async Task An_alias_that_leads_out_of_the_zone_is_asked_for()
    {
        _servers.Make(MemoryServers.First, (query, _) => MemoryServers.Read(query, query.Question.Name == "sip.example.net"
            ? DnsMessage.Answer(query, DnsCode.NoError, [new AliasRecord("sip.example.net", 20, "gw.example.com")], [])
            : _servers.Answer(query)));

        var answer = await AskAsync(Question with { Name = "sip.example.net" });

        Assert.Equal(DnsOutcome.Found, answer.Outcome);
        Assert.Equal(["A SIP.EXAMPLE.NET", "A GW.EXAMPLE.COM"], _servers.Names);
    }

    [Fact]
    public async Task Aliases_that_lead_to_each_other_come_to_an_end()
    {
        _servers.Add(new AliasRecord("a.example.com", 20, "b.example.com"), new AliasRecord("b.example.com", 20, "a.example.com"));

        Assert.Equal(DnsOutcome.Failed, (await AskAsync(Question with { Name = "a.example.com" })).Outcome);
    }

    [Theory]
    [InlineData("nobody.example.com", DnsType.A, DnsOutcome.NoName)]
    [InlineData("gw.example.com", DnsType.Aaaa, DnsOutcome.NoData)]
    internal async Task What_is_not_there_holds_as_long_as_the_zone_says(string name, DnsType type, DnsOutcome outcome)
    {
        var answer = await AskAsync(new DnsQuestion(name, type));

        Assert.Equal(outcome, answer.Outcome);
        Assert.Equal(TimeSpan.FromSeconds(60), answer.TimeToLive);
        Assert.Single(_servers.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123.com")]
    public async Task What_is_no_name_is_not_asked_for(string name)
    {
        Assert.Equal(DnsOutcome.Failed, (await AskAsync(Question with { Name = name })).Outcome);
        Assert.Empty(_servers.Asked);
    }
}
