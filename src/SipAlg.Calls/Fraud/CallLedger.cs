using System.Text;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Fraud;

/// <summary>
/// Limits against toll fraud. This room counts what users and peers use, by account (<see cref="CallAccount"/>), and says when it is too much.
/// An account of which nothing is limited costs nothing. Shared by all lanes; one account is used under its lock.
/// </summary>
public sealed class CallLedger(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CallAccount> _accounts = new(StringComparer.Ordinal);
    private readonly long[] _alarms = new long[(int)AccountLimit.Count];
    private readonly long[] _blocks = new long[(int)AccountLimit.Count];

    /// <summary>Told of limits that were met; null: nobody.</summary>
    public ILimitWatch? Watch { get; set; }

    public TimeProvider Time => time;

    /// <summary>Today, in the time zone of this host.</summary>
    public int Today => DateOnly.FromDateTime(time.GetLocalNow().Date).DayNumber;

    public long Alarms(AccountLimit limit) => Volatile.Read(ref _alarms[(int)limit]);

    public long Blocks(AccountLimit limit) => Volatile.Read(ref _blocks[(int)limit]);

    /// <summary>All of which anything was counted.</summary>
    public IReadOnlyList<CallAccount> Accounts
    {
        get
        {
            lock (_lock)
            {
                return [.. _accounts.Values];
            }
        }
    }

    /// <summary>"user alice", of a user of this gateway; "peer pbx".</summary>
    public CallAccount Of(string name)
    {
        lock (_lock)
        {
            if (!_accounts.TryGetValue(name, out var account))
            {
                _accounts[name] = account = new CallAccount(name);
            }

            return account;
        }
    }

    /// <summary>What an account has used by now of what it may use.</summary>
    public AccountStatement Statement(CallAccount account, AccountLimits limits) => account.Statement(limits, time.GetUtcNow(), Today);

    /// <summary>What an account has used in this hour and on this day counts no more; calls that stand go on.</summary>
    /// <param name="name">"user alice" or "peer pbx".</param>
    /// <returns>False: nothing was counted of it.</returns>
    public bool Forget(string name)
    {
        CallAccount? account;
        lock (_lock)
        {
            account = _accounts.GetValueOrDefault(name);
        }

        account?.Forget();
        return account is not null;
    }

    /// <summary>Counts a call in, unless a limit is met.</summary>
    /// <param name="user">Who triggers it; null where that is no user.</param>
    /// <param name="peer">Who does where it is no user; null: a stranger.</param>
    /// <param name="dialled">The number as it was asked for, UTF-8.</param>
    /// <param name="sent">As it goes on; null: the same.</param>
    /// <param name="charge">Null where nothing of it is limited.</param>
    /// <returns>The limit that is met; null: the call may begin.</returns>
    public LimitBreach? TryBegin(User? user, Peer? peer, ReadOnlySpan<byte> dialled, string? sent, out CallCharge? charge)
    {
        charge = null;
        var limits = user is null ? peer?.Fraud : user.Fraud;
        if (limits is null)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(dialled);
        var lines = CallCharge.LinesOf(limits, text, sent);
        if (lines.Length == 0)
        {
            return null;
        }

        var begun = new CallCharge(this, Of(user is null ? $"peer {peer!.Name}" : $"user {user.Name}"), lines);
        if (begun.TryBegin() is { } breach)
        {
            return breach;
        }

        charge = begun;
        return null;
    }

    internal void Tell(LimitBreach breach)
    {
        Interlocked.Increment(ref (breach.IsBlock ? _blocks : _alarms)[(int)breach.Limit]);
        Watch?.Met(breach);
    }
}
