using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Calls.Bans;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Model;
using SipAlg.Protection;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing;

namespace SipAlg.Tests.Protection;

/// <summary>What is known after a restart.</summary>
public sealed class ProtectionStoreTests : IDisposable
{
    private static readonly IpAddress Scanner = IpAddress.Parse("203.0.113.5");
    private static readonly User Anna = new()
    {
        Index = 0, Name = "anna", Fraud = new AccountLimits { All = new CallLimits { CallsPerHour = new LimitLevels(null, 2), MinutesPerDay = new LimitLevels(null, 100) } },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg").FullName;
    private readonly ManualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (ProtectionStore Store, BanList Bans, CallLedger Ledger) Start()
    {
        var (bans, ledger) = (new BanList(_time), new CallLedger(_time));
        return (ProtectionStore.Open(_folder, bans, ledger, NullLogger.Instance, _time)!, bans, ledger);
    }

    [Fact]
    public void Nothing_is_written_where_there_is_nothing_to_keep()
    {
        var (store, _, _) = Start();
        store.Write();
        store.Dispose();
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Bans_go_on_after_a_restart_with_all_that_is_said_of_them()
    {
        var (store, bans, _) = Start();
        bans.Add(Scanner, BanReason.Scanner, "a mark", isProven: true, "phones");
        bans.Add(IpAddress.Parse("2001:db8::5"), BanReason.Probing, "many", isProven: false, "phones");
        bans.Add(IpAddress.Parse("203.0.113.6"), BanReason.Malformed, "", isProven: true, "phones");
        store.Write();
        bans.Lift(IpAddress.Parse("203.0.113.6"), "");
        var before = bans.List();
        store.Dispose();

        var (again, restored, _) = Start();
        Assert.Equal(before, restored.List());
        Assert.True(restored.IsBanned(Scanner, isConnection: true));
        again.Dispose();
    }

    [Fact]
    public void What_accounts_have_used_is_counted_on_after_a_restart()
    {
        var (store, _, ledger) = Start();
        Assert.Null(ledger.TryBegin(Anna, null, "1"u8, null, out var charge));
        charge!.Answered();
        _time.MoveTo(90_000);
        Assert.Null(charge.Settle());

        // It is killed: what was written is what there is.
        store.Write();
        store.Dispose();
        var (again, _, next) = Start();
        Assert.Equal(90, next.Of("user anna").Of("").SecondsOn(next.Today));
        Assert.Null(next.TryBegin(Anna, null, "1"u8, null, out _));
        Assert.Equal(AccountLimit.CallsPerHour, next.TryBegin(Anna, null, "1"u8, null, out _)!.Limit);
        again.Dispose();
    }

    [Fact]
    public void A_file_that_is_no_database_is_put_aside()
    {
        File.WriteAllText(Path.Combine(_folder, ProtectionStore.FileName), new string('x', 5000));
        var (store, bans, _) = Start();
        bans.Add(Scanner, BanReason.Scanner, "", isProven: true, "");
        store.Dispose();
        Assert.Equal(2, Directory.GetFiles(_folder, "*protection.db*").Length);
        Assert.Equal(1, Start().Bans.Active);
    }

    [Fact]
    public void What_cannot_be_written_holds_all_the_same_and_is_written_later()
    {
        var blocked = Path.Combine(_folder, "state");
        File.WriteAllText(blocked, "in the way");
        var (bans, ledger) = (new BanList(_time), new CallLedger(_time));
        using var store = ProtectionStore.Open(blocked, bans, ledger, NullLogger.Instance, _time)!;
        bans.Add(Scanner, BanReason.Scanner, "", isProven: true, "");
        store.Write();
        store.Write();
        Assert.Equal((2, 1), (store.Failures, bans.Active));
        File.Delete(blocked);
        store.Write();
        Assert.Equal(2, store.Failures);
        Assert.True(File.Exists(Path.Combine(blocked, ProtectionStore.FileName)));
    }
}
