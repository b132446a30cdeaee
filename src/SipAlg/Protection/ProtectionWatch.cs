using System.Text.Json;
using SipAlg.Admin.Events;
using SipAlg.Calls.Bans;
using SipAlg.Calls.Fraud;
using SipAlg.Logging;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protection;

/// <summary>
/// What bans and limits say to the log, to who listens, and to the kernel. This room is what the program has around them: that (
/// <see cref="ProtectionWatch"/>), what is kept over a restart (<see cref="ProtectionStore"/>), and nftables (<see cref="KernelBans"/>).
/// </summary>
/// <param name="kernel">Null: bans are in no set of the kernel.</param>
/// <param name="close">Closes the connections of who is banned.</param>
internal sealed class ProtectionWatch(ILogger log, EventFeed events, KernelBans? kernel, Action<Ban> close, TimeProvider time) : IBanWatch, ILimitWatch
{
    /// <summary>Bans that are logged in a second: a flood of forged sources fills no disk.</summary>
    private const int MostTold = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly LogThrottle _spared = new(Interval, time);
    private readonly LogThrottle _limits = new(Interval, time);
    private readonly Lock _lock = new();
    private long _second;
    private int _told;
    private long _held;

    public void Banned(Ban ban)
    {
        if (MayTell(out var held))
        {
            if (held > 0)
            {
                ProtectionLog.BansHeld(log, held);
            }

            ProtectionLog.Banned(log, ban.Text, ban.Until, BanReasons.Text(ban.Reason), ban.Times, ban.IsProven ? "all it sends" : "datagrams only, since they may be forged", ban.Detail, ban.Realm);
        }

        events.Tell(new BanHappened("added", ban, null));
        kernel?.Banned(ban);
        if (ban.IsProven)
        {
            close(ban);
        }
    }

    public void Lifted(Ban ban, string why)
    {
        ProtectionLog.Lifted(log, ban.Text, why);
        events.Tell(new BanHappened("lifted", ban, why));
        kernel?.Lifted(ban);
    }

    public void Spared(IpAddress source, BanReason reason, BanExemption exemption)
    {
        if (_spared.Passes(exemption.ToString(), out var held))
        {
            ProtectionLog.Spared(log, source.ToString(), BanReasons.Text(reason), Words(exemption), held);
        }
    }

    public void Met(LimitBreach breach)
    {
        // By kind, and not by account: there may be a million of those.
        if (_limits.Passes($"{breach.Limit}{breach.IsBlock}", out var held))
        {
            if (breach.IsBlock)
            {
                ProtectionLog.Block(log, breach.ToString(), held);
            }
            else
            {
                ProtectionLog.Alarm(log, breach.ToString(), held);
            }
        }

        events.Tell(new LimitHappened(breach));
    }

    private static string Words(BanExemption exemption) => exemption switch
    {
        BanExemption.Allowed => "it is in bans.allow",
        BanExemption.Peer => "a peer may be there",
        BanExemption.Registrations => "phones are registered from there; who guesses is slowed",
        _ => "a call goes there",
    };

    private bool MayTell(out long held)
    {
        var second = (long)time.GetElapsedTime(0).TotalSeconds;
        lock (_lock)
        {
            held = 0;
            if (second != _second)
            {
                (held, _held, _second, _told) = (_held, 0, second, 0);
            }

            if (_told++ < MostTold)
            {
                return true;
            }

            _held++;
            return false;
        }
    }

    private sealed class BanHappened(string what, Ban ban, string? why) : LiveEvent
    {
        public override void Tell(EventFeed feed) =>
            feed.Send(EventTypes.Ban, new BanEvent(what, feed.Now, BanDetails.Of(ban), why), Admin.AdminJson.Default.BanEvent);
    }

    private sealed class LimitHappened(LimitBreach breach) : LiveEvent
    {
        public override void Tell(EventFeed feed) => feed.Send(
            EventTypes.Limit,
            new LimitEvent(breach.IsBlock ? "blocked" : "alarm", feed.Now, breach.Account, JsonNamingPolicy.SnakeCaseLower.ConvertName(breach.Limit.ToString()), breach.Numbers, breach.Level),
            Admin.AdminJson.Default.LimitEvent);
    }
}

/// <param name="What"><c>added</c> or <c>lifted</c>; a ban that has had its time is over without a word.</param>
/// <param name="Why">Why it was lifted.</param>
internal sealed record BanEvent(string What, DateTimeOffset At, BanDetails Ban, string? Why);

/// <param name="What"><c>alarm</c> or <c>blocked</c>.</param>
/// <param name="Account">"user alice" or "peer pbx".</param>
/// <param name="Limit"><c>calls</c>, <c>calls_per_hour</c> or <c>minutes_per_day</c>.</param>
/// <param name="Numbers">Of which list of numbers; null: of all calls.</param>
internal sealed record LimitEvent(string What, DateTimeOffset At, string Account, string Limit, string? Numbers, int Level);
