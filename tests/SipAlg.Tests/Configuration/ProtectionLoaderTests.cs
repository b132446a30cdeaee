using SipAlg.Calls.Bans;
using SipAlg.Calls.Fraud;
using SipAlg.Configuration;

namespace SipAlg.Tests.Configuration;

/// <summary>What is written of bans and of limits against toll fraud.</summary>
public sealed class ProtectionLoaderTests
{
    private readonly ConfigurationBench _bench = new();

    private LoadedConfiguration Loaded(string part)
    {
        var result = _bench.LoadPart(part);
        Assert.Empty(result.Problems);
        return result.Configuration!;
    }

    private string Fault(string part) => Assert.Single(_bench.LoadPart(part).Problems.Select(problem => problem.ToString()));

    [Fact]
    public void Bans_are_on_where_nothing_is_written()
    {
        var bans = Loaded("realms: { core: { listen: udp://10.0.0.1 } }").Host.Bans;
        Assert.Equal((true, false, TimeSpan.FromMinutes(10), TimeSpan.FromDays(1)), (bans.Rules.IsOn, bans.InKernel, bans.Rules.First, bans.Rules.Longest));
        Assert.Same(ScannerSignatures.Known, bans.Rules.Scanners);
    }

    [Fact]
    public void Bans_may_be_off() => Assert.False(Loaded("realms: { core: { listen: udp://10.0.0.1 } }\nbans: off").Host.Bans.Rules.IsOn);

    [Fact]
    public void What_is_written_of_bans()
    {
        _bench.Files["marks.csv"] = "header,contains,who\n# ours\nX-Probe,abc,a probe\n";
        var bans = Loaded("realms: { core: { listen: udp://10.0.0.1 } }\nbans: { allow: [192.0.2.77/24], first: 1m, longest: 2d, premium: ['0900', '+882'], scanners: marks.csv, nftables: on }").Host.Bans;
        Assert.Equal((true, TimeSpan.FromMinutes(1), TimeSpan.FromDays(2)), (bans.InKernel, bans.Rules.First, bans.Rules.Longest));
        Assert.Equal(["192.0.2.0/24"], bans.Rules.Allow.Select(network => network.ToString()));
        Assert.Equal(["0900", "+882"], bans.Rules.Premium.AsEnumerable());
        Assert.Equal(new ScannerSignature("X-Probe", "abc", "a probe"), bans.Rules.Scanners.All[^1]);
        Assert.Equal(ScannerSignatures.Known.All.Length + 1, bans.Rules.Scanners.All.Length);
    }

    [Theory]
    [InlineData("X-Probe,abc", "marks.csv:1:1")]
    [InlineData("header,contains,who\n\nUser-Agent,ab,short", "marks.csv:3:1")]
    public void A_line_of_marks_that_is_none_is_named(string text, string place)
    {
        _bench.Files["marks.csv"] = text;
        Assert.Contains(place, Fault("realms: { core: { listen: udp://10.0.0.1 } }\nbans: { scanners: marks.csv }"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bans: { scanners: none.csv }", "cannot be read")]
    [InlineData("bans: { premium: ['abc'] }", "is no beginning of a number")]
    [InlineData("bans: { frist: 1m }", "unknown key 'frist'")]
    [InlineData("fraud: { users: { to: { premium: { calls: 0 } } } }", "there is no list of numbers 'premium'")]
    [InlineData("fraud: { numbers: { premium: { in: nothere } } }", "there is no table 'nothere'")]
    [InlineData("fraud: { users: { calls: many } }", "'calls'")]
    public void What_is_wrong_is_said(string part, string fault) => Assert.Contains(fault, Fault($"realms: {{ core: {{ listen: udp://10.0.0.1 }} }}\n{part}"), StringComparison.Ordinal);

    [Fact]
    public void An_alarm_above_the_block_is_doubtful()
    {
        var fault = Fault("realms: { core: { listen: udp://10.0.0.1 } }\nfraud: { numbers: { abroad: ['1'] }, users: { to: { abroad: { calls: { alarm: 5, block: 3 } } } } }");
        Assert.Contains("the alarm level 5 is above the block level 3", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_of_users_and_peers()
    {
        var model = Loaded("""
            realms: { core: { listen: udp://10.0.0.1, domain: example.com } }
            peers:
              pbx: { realm: core, accept_from: 10.0.0.2, fraud: { minutes_per_day: { alarm: 50 } } }
              carrier: { realm: core, accept_from: 10.0.0.3 }
            users:
              anna: { password: x }
              bert: { password: x, fraud: { calls_per_hour: 10 } }
            fraud:
              numbers: { premium: { prefix: '0900' } }
              users: { calls: 4, to: { premium: { calls: 0 } } }
            """).Model;
        var anna = model.Users.WithName("anna")!.Fraud!;
        Assert.Equal(new LimitLevels(4, 4), anna.All!.Calls);
        var (numbers, limits) = Assert.Single(anna.To);
        Assert.Equal(("premium", true, false, new LimitLevels(null, 0)), (numbers.Name, numbers.Numbers.IsMatch("0900123"), numbers.Numbers.IsMatch("0800123"), limits.Calls));
        var bert = model.Users.WithName("bert")!.Fraud!;
        Assert.Equal((new LimitLevels(8, 10), true), (bert.All!.CallsPerHour, bert.To.IsEmpty));
        Assert.Equal(new LimitLevels(50, null), model.Peers[0].Fraud!.All!.MinutesPerDay);
        Assert.Null(model.Peers[1].Fraud);
    }
}
