namespace SipAlg.Calls.Fraud;

/// <summary>One call on somebody's account, from its beginning to its end. Used by the call's lane.</summary>
public sealed class CallCharge
{
    /// <summary>How often a call that goes on is put down, so that several at once do not pass a limit unseen, and a restart forgets little.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private static readonly char[] Separators = ['-', '.', '(', ')', ' '];

    private readonly CallLedger _ledger;
    private readonly CallAccount _account;
    private readonly Line[] _lines;
    private long? _since;
    private bool _isOver;

    internal CallCharge(CallLedger ledger, CallAccount account, Line[] lines) => (_ledger, _account, _lines) = (ledger, account, lines);

    /// <summary>What of an account is charged.</summary>
    /// <param name="Numbers">Null: all calls.</param>
    internal readonly record struct Line(string? Numbers, CallLimits Limits);

    /// <summary>Which limits hold for a number.</summary>
    internal static Line[] LinesOf(AccountLimits limits, string dialled, string? sent)
    {
        var lines = new List<Line>();
        if (limits.All is { } all)
        {
            lines.Add(new Line(null, all));
        }

        foreach (var (numbers, some) in limits.To)
        {
            if (IsOf(numbers, dialled) || (sent is not null && IsOf(numbers, sent)))
            {
                lines.Add(new Line(numbers.Name, some));
            }
        }

        return [.. lines];
    }

    /// <summary>With and without visual separators (RFC 3966 §5.1.1): who passes the call on may not look at them.</summary>
    private static bool IsOf(LimitedNumbers numbers, string number) =>
        numbers.Numbers.IsMatch(number) || (number.AsSpan().ContainsAny(Separators) && numbers.Numbers.IsMatch(string.Concat(number.Split(Separators))));

    internal LimitBreach? TryBegin()
    {
        var now = _ledger.Time.GetUtcNow();
        var day = _ledger.Today;
        List<LimitBreach>? alarms = null;
        LimitBreach? block;
        lock (_account.Lock)
        {
            block = BlockAtBegin(now, day);
            if (block is null)
            {
                foreach (var line in _lines)
                {
                    var usage = UsageOf(line);
                    usage.Begin(now);
                    AddAlarm(ref alarms, line, usage, AccountLimit.Calls, usage.Active, now, day);
                    AddAlarm(ref alarms, line, usage, AccountLimit.CallsPerHour, usage.BegunWithinHour(now), now, day);
                }

                _account.IsChanged = true;
            }
        }

        Tell(alarms);
        if (block is not null)
        {
            _ledger.Tell(block);
        }

        return block;
    }

    /// <summary>Somebody talks from now on.</summary>
    public void Answered() => _since ??= _isOver ? null : _ledger.Time.GetTimestamp();

    /// <summary>Puts down what was talked.</summary>
    /// <returns>The limit that is met by now; null: it may go on.</returns>
    public LimitBreach? Settle()
    {
        if (_since is not { } since || _isOver)
        {
            return null;
        }

        var stamp = _ledger.Time.GetTimestamp();
        var seconds = _ledger.Time.GetElapsedTime(since, stamp).TotalSeconds;
        _since = stamp;
        var now = _ledger.Time.GetUtcNow();
        var day = _ledger.Today;
        List<LimitBreach>? alarms = null;
        LimitBreach? block = null;
        lock (_account.Lock)
        {
            foreach (var line in _lines)
            {
                var usage = UsageOf(line);
                usage.Talk(day, seconds);
                AddAlarm(ref alarms, line, usage, AccountLimit.MinutesPerDay, (int)(usage.Seconds / 60), now, day);
                block ??= line.Limits.MinutesPerDay.Block is { } most && usage.Seconds >= most * 60.0 ? Breach(line, AccountLimit.MinutesPerDay, most, isBlock: true) : null;
            }

            _account.IsChanged = true;
        }

        Tell(alarms);
        return block;
    }

    /// <summary>The call ends since its minutes are used up, which is told.</summary>
    public void TellBlock(LimitBreach breach) => _ledger.Tell(breach);

    /// <summary>When to look again: what is left of the day's minutes, if that is less than a step.</summary>
    public TimeSpan NextLook
    {
        get
        {
            var left = Step.TotalSeconds;
            lock (_account.Lock)
            {
                foreach (var line in _lines)
                {
                    if (line.Limits.MinutesPerDay.Block is { } most)
                    {
                        left = Math.Min(left, (most * 60.0) - UsageOf(line).SecondsOn(_ledger.Today));
                    }
                }
            }

            return TimeSpan.FromSeconds(Math.Max(left, 0.1));
        }
    }

    /// <summary>The call is over.</summary>
    public void End()
    {
        _ = Settle();
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        lock (_account.Lock)
        {
            foreach (var line in _lines)
            {
                UsageOf(line).Active--;
            }
        }
    }

    private LimitBreach? BlockAtBegin(DateTimeOffset now, int day)
    {
        foreach (var line in _lines)
        {
            var usage = UsageOf(line);
            if (line.Limits.Calls.Block is { } calls && usage.Active >= calls)
            {
                return Breach(line, AccountLimit.Calls, calls, isBlock: true);
            }

            if (line.Limits.CallsPerHour.Block is { } hourly && usage.BegunWithinHour(now) >= hourly)
            {
                return Breach(line, AccountLimit.CallsPerHour, hourly, isBlock: true);
            }

            if (line.Limits.MinutesPerDay.Block is { } minutes && usage.SecondsOn(day) >= minutes * 60.0)
            {
                return Breach(line, AccountLimit.MinutesPerDay, minutes, isBlock: true);
            }
        }

        return null;
    }

    private void AddAlarm(ref List<LimitBreach>? alarms, in Line line, CallUsage usage, AccountLimit limit, int used, DateTimeOffset now, int day)
    {
        if (line.Limits[limit].Alarm is { } level && used >= level && usage.IsNewAlarm(limit, now, day))
        {
            (alarms ??= []).Add(Breach(line, limit, level, isBlock: false));
        }
    }

    private void Tell(List<LimitBreach>? alarms) => alarms?.ForEach(_ledger.Tell);

    private LimitBreach Breach(in Line line, AccountLimit limit, int level, bool isBlock) => new(_account.Name, line.Numbers, limit, isBlock, level);

    private CallUsage UsageOf(in Line line) => _account.Of(line.Numbers ?? "");
}
