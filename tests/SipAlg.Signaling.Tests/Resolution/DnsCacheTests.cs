using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>RFC 2308, RFC 8767, RFC 9520.</summary>
public sealed class DnsCacheTests
{
    private readonly ManualTime _time = new();
    private readonly ResolverCounters _counters = new();
    private readonly DnsCache _cache;
    private DnsAnswer _next = Found(60);
    private TaskCompletionSource? _gate;
    private int _asked;

    public DnsCacheTests() => _cache = new DnsCache(AskAsync, _counters, _time, capacity: 32);

    private static DnsAnswer Found(int seconds) => new(
        DnsOutcome.Found, [new AddressRecord("gw.example.com", DnsType.A, (uint)seconds, IpAddress.Parse("192.0.2.1"))], TimeSpan.FromSeconds(seconds));

    private static DnsAnswer Missing(int seconds) => new(DnsOutcome.NoName, [], TimeSpan.FromSeconds(seconds));

    private async Task<DnsAnswer> AskAsync(DnsQuestion question)
    {
        Interlocked.Increment(ref _asked);
        await (_gate?.Task ?? Task.CompletedTask);
        return _next;
    }

    private Task<DnsAnswer> LookUpAsync(string name = "gw.example.com") => _cache.LookUpAsync(name, DnsType.A);

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    [Fact]
    public async Task An_answer_holds_for_its_time_and_says_how_much_is_left()
    {
        await LookUpAsync();
        Pass(59);
        var held = await LookUpAsync("GW.Example.COM.");
        Assert.Equal((1, 1), (_asked, (int)held.TimeToLive.TotalSeconds));

        Pass(1);
        await LookUpAsync();
        Assert.Equal(2, _asked);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1_000_000, 3600)]
    public async Task The_time_has_bounds(int said, int held)
    {
        _next = Found(said);
        await LookUpAsync();

        Pass(held - 1);
        await LookUpAsync();
        Assert.Equal(1, _asked);

        Pass(1);
        await LookUpAsync();
        Assert.Equal(2, _asked);
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(86400, 300)]
    public async Task That_there_is_nothing_holds_too_but_not_for_long(int said, int held)
    {
        _next = Missing(said);
        await LookUpAsync();

        Pass(held - 1);
        Assert.Equal(DnsOutcome.NoName, (await LookUpAsync()).Outcome);
        Assert.Equal(1, _asked);

        Pass(1);
        await LookUpAsync();
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Many_who_want_to_know_are_one_question()
    {
        _gate = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 50).Select(_ => LookUpAsync()).ToList();
        _gate.SetResult();

        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(DnsOutcome.Found, answer.Outcome));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task What_held_is_given_out_for_an_hour_when_the_servers_fail()
    {
        await LookUpAsync();
        Pass(60);
        _next = DnsAnswer.Failure(DnsOutcome.TimedOut);

        var stale = await LookUpAsync();
        Assert.True(stale.IsStale);
        Assert.Equal((DnsOutcome.Found, TimeSpan.FromSeconds(30)), (stale.Outcome, stale.TimeToLive));
        Assert.Equal(1, _counters.Stale);

        Pass(29);
        Assert.True((await LookUpAsync()).IsStale);
        Assert.Equal(2, _asked);

        Pass(3571);
        Assert.Equal(DnsOutcome.TimedOut, (await LookUpAsync()).Outcome);
    }

    [Fact]
    public async Task What_does_not_exist_any_more_is_not_given_out()
    {
        await LookUpAsync();
        Pass(60);
        _next = Missing(60);

        Assert.Equal(DnsOutcome.NoName, (await LookUpAsync()).Outcome);

        Pass(60);
        _next = DnsAnswer.Failure(DnsOutcome.Failed);
        Assert.Equal(DnsOutcome.Failed, (await LookUpAsync()).Outcome);
    }

    [Fact]
    public async Task A_failure_is_not_asked_for_again_at_once()
    {
        _next = DnsAnswer.Failure(DnsOutcome.Failed);
        await LookUpAsync();
        Pass(4);
        await LookUpAsync();
        Assert.Equal(1, _asked);

        Pass(1);
        _next = Found(60);
        Assert.Equal(DnsOutcome.Found, (await LookUpAsync()).Outcome);
    }

    [Fact]
    public async Task It_remembers_no_more_than_it_may()
    {
        for (var name = 0; name < 1000; name++)
        {
            await LookUpAsync($"{name}.example.com");
            Assert.InRange(_cache.Count, 1, 32);
        }
    }

    [Fact]
    public async Task Who_throws_has_failed()
    {
        var cache = new DnsCache(_ => throw new InvalidOperationException("a bug"), _counters, _time);

        Assert.Equal(DnsOutcome.Failed, (await cache.LookUpAsync("a", DnsType.A)).Outcome);
    }
}
