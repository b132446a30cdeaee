using SipAlg.Calls.Bans;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Testing;

namespace SipAlg.Calls.Tests.Bans;

/// <summary>Who is banned, for how long, and what is heard of him all the same.</summary>
public sealed class BanListTests
{
    private static readonly IpAddress Scanner = IpAddress.Parse("203.0.113.5");

    private readonly ManualTime _time = new();
    private readonly BanList _list;

    public BanListTests() => _list = new BanList(_time);

    private static IpAddress Source(int number) => IpAddress.FromV4(0x0B000000 + (uint)number);

    private Ban? Add(IpAddress source, bool isProven = true) => _list.Add(source, BanReason.WrongPasswords, "it sent 20 wrong passwords", isProven, "phones");

    private bool IsBanned(IpAddress source, bool isConnection = true) => _list.IsBanned(source, isConnection);

    private void Pass(TimeSpan time) => _time.MoveTo(_time.Now + (long)time.TotalMilliseconds);

    [Fact]
    public void Nothing_is_heard_of_who_is_banned_until_the_ban_ends()
    {
        Assert.False(IsBanned(Scanner));
        Add(Scanner);
        Assert.True(IsBanned(Scanner));
        Assert.True(IsBanned(Scanner, isConnection: false));
        Assert.False(IsBanned(Source(1)));
        Pass(BanRules.Usual.First - TimeSpan.FromSeconds(1));
        Assert.True(IsBanned(Scanner));
        Pass(TimeSpan.FromSeconds(1));
        Assert.False(IsBanned(Scanner));
        Assert.Equal((0, 3), (_list.Active, (int)_list.Dropped));
    }

    [Fact]
    public void Each_further_ban_lasts_longer_up_to_the_longest()
    {
        double[] minutes = [10, 40, 160, 640, 1440, 1440];
        foreach (var length in minutes)
        {
            var ban = Add(Scanner)!;
            Assert.Equal(length, (ban.Until - ban.Since).TotalMinutes);
            Pass(ban.Until - ban.Since);
        }

        Pass(BanList.Remembered + TimeSpan.FromSeconds(1));
        _ = _list.Active;
        Assert.Equal((1, 10.0), (Add(Scanner)!.Times, (_list.Find(Scanner)!.Until - _list.Find(Scanner)!.Since).TotalMinutes));
    }

    [Fact]
    public void What_rests_on_datagrams_alone_hits_only_datagrams_and_not_all_of_them()
    {
        Add(Scanner, isProven: false);
        Assert.False(IsBanned(Scanner));
        for (var second = 0; second < 3; second++)
        {
            Assert.Equal(BanList.HeardEachSecond, Enumerable.Range(0, 100).Count(_ => !IsBanned(Scanner, isConnection: false)));
            Pass(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void What_rests_on_datagrams_alone_never_lasts_long_and_ends_when_somebody_proves_himself()
    {
        for (var times = 0; times < 5; times++)
        {
            var ban = Add(Scanner, isProven: false)!;
            Assert.InRange((ban.Until - ban.Since).TotalMinutes, 10, BanRules.LongestUnproven.TotalMinutes);
            Pass(ban.Until - ban.Since);
        }

        Add(Scanner, isProven: false);
        _list.Proven(Scanner);
        Assert.Null(_list.Find(Scanner));
        Add(Scanner);
        _list.Proven(Scanner);
        Assert.NotNull(_list.Find(Scanner));
    }

    [Fact]
    public void Proof_takes_the_place_of_suspicion_and_not_the_other_way_round()
    {
        Add(Scanner, isProven: false);
        Assert.Null(Add(Scanner, isProven: false));
        Assert.True(Add(Scanner)!.IsProven);
        Assert.Null(Add(Scanner, isProven: false));
        Assert.Equal((1, 1), (_list.Active, _list.Find(Scanner)!.Times));
        Assert.True(IsBanned(Scanner));
    }

    [Fact]
    public void A_whole_IPv6_network_is_one_source()
    {
        Add(IpAddress.Parse("2001:db8:0:1::5"));
        Assert.True(IsBanned(IpAddress.Parse("2001:db8:0:1:ffff::1")));
        Assert.False(IsBanned(IpAddress.Parse("2001:db8:0:2::5")));
        Assert.Equal("2001:db8:0:1::/64", Assert.Single(_list.List()).Text);
        Assert.NotNull(_list.Lift(IpAddress.Parse("2001:db8:0:1::77"), "by an operator"));
        Assert.Equal(0, _list.Active);
    }

    [Fact]
    public void A_ban_that_is_lifted_is_over_and_forgotten()
    {
        Add(Scanner);
        Assert.NotNull(_list.Lift(Scanner, "by an operator"));
        Assert.False(IsBanned(Scanner));
        Assert.Null(_list.Lift(Scanner, "by an operator"));
        Assert.Equal(1, Add(Scanner)!.Times);
    }

    /// <summary>Forged sources by the thousand make nobody forgotten of whom it is known.</summary>
    [Fact]
    public void Memory_is_fixed_and_suspicion_makes_way_for_proof()
    {
        var list = new BanList(_time, new BanRules { Most = 1000 });
        for (var number = 0; number < 500; number++)
        {
            Assert.NotNull(list.Add(Source(number), BanReason.WrongPasswords, "", isProven: true, ""));
        }

        for (var number = 0; number < 20_000; number++)
        {
            list.Add(Source(100_000 + number), BanReason.Scanner, "", isProven: false, "");
        }

        Assert.Equal(1000, list.Kept().Count);
        Assert.All(Enumerable.Range(0, 500), number => Assert.True(list.IsBanned(Source(number), isConnection: true)));
        for (var number = 500; number < 1000; number++)
        {
            Assert.NotNull(list.Add(Source(number), BanReason.WrongPasswords, "", isProven: true, ""));
        }

        Assert.Null(list.Add(Scanner, BanReason.Scanner, "", isProven: false, ""));
        Assert.NotNull(list.Add(Scanner, BanReason.Malformed, "", isProven: true, ""));
    }

    [Fact]
    public void Bans_of_before_a_restart_go_on_and_are_counted_on()
    {
        var ban = Add(Scanner)!;
        var ended = Add(Source(1))!;
        Pass(TimeSpan.FromMinutes(4));
        var next = new BanList(_time);
        next.Restore(ban);
        next.Restore(ended with { Until = _time.GetUtcNow() - TimeSpan.FromMinutes(1) });
        Assert.Equal([ban], next.List());
        Assert.True(next.IsBanned(Scanner, isConnection: true));
        Assert.Equal(2, next.Add(Source(1), BanReason.Scanner, "", isProven: true, "")!.Times);
        Pass(TimeSpan.FromMinutes(6));
        Assert.False(next.IsBanned(Scanner, isConnection: true));
    }

    [Fact]
    public void Other_rules_end_the_bans_of_who_is_allowed_now()
    {
        Add(Scanner);
        Add(Source(1));
        Assert.True(IpNetwork.TryParse("203.0.113.0/24", out var network));
        _list.Take(new BanRules { Allow = [network] });
        Assert.Equal([Source(1)], _list.List().Select(standing => standing.Address));
        _list.Take(BanRules.Off);
        Assert.Empty(_list.List());
    }

    [Fact]
    public void The_gate_asks_it_before_anything_is_read()
    {
        var gate = new SourceGate(new GateBoard(_time) { Other = _list });
        gate.Take([0]);
        Add(Scanner, isProven: false);
        Assert.Equal(BanList.HeardEachSecond, Enumerable.Range(0, 20).Count(_ => gate.Admits(0, Scanner, GateCharge.Packet, _time.Now)));
        Assert.True(gate.Admits(0, Scanner, GateCharge.Request, _time.Now));
        Assert.True(gate.Admits(0, Scanner, GateCharge.Connection, _time.Now));
        Add(Scanner);
        Assert.All(Enum.GetValues<GateCharge>(), charge => Assert.False(gate.Admits(0, Scanner, charge, _time.Now)));
        Assert.True(gate.Admits(0, Source(1), GateCharge.Packet, _time.Now));

        // Somebody has registered from there meanwhile.
        gate.Board.Known.Add(Scanner, _time.Now, 60_000);
        Assert.True(gate.Admits(0, Scanner, GateCharge.Packet, _time.Now));
    }

    [Fact]
    public void Who_is_not_banned_is_passed_at_next_to_no_cost()
    {
        Add(Source(1));
        Assert.Equal(0, Allocations.Of(() => _ = _list.IsBanned(Scanner, isConnection: false)));
    }
}
