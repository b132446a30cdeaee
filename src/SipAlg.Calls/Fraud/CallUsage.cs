using System.Runtime.CompilerServices;

namespace SipAlg.Calls.Fraud;

/// <summary>What an account has used of one kind of destination. Fixed memory; changed under its account's lock.</summary>
public sealed class CallUsage
{
    /// <summary>An hour is seen through so many windows.</summary>
    public const int Windows = 6;
    private const int WindowSeconds = 3600 / Windows;

    private Counts _begun;
    private long _window;

    /// <summary>The hour, or the day, in which each limit's alarm was told last.</summary>
    private Periods _told;

    [InlineArray(Windows)]
    private struct Counts
    {
        private int _first;
    }

    [InlineArray((int)AccountLimit.Count)]
    private struct Periods
    {
        private long _first;
    }

    /// <summary>Which window a time is in.</summary>
    public static long WindowAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / WindowSeconds;

    /// <summary>Calls that stand.</summary>
    public int Active { get; internal set; }

    /// <summary>The day, counted from 1 January of the year 1, that <see cref="Seconds"/> is about.</summary>
    public int Day { get; private set; }

    /// <summary>Talked on that day.</summary>
    public double Seconds { get; private set; }

    /// <summary>Calls begun in the hour before now.</summary>
    public int BegunWithinHour(DateTimeOffset now)
    {
        Turn(now);
        var sum = 0;
        foreach (var count in _begun)
        {
            sum += count;
        }

        return sum;
    }

    /// <summary>Talked today.</summary>
    public double SecondsOn(int day) => Day == day ? Seconds : 0;

    internal void Begin(DateTimeOffset now)
    {
        Turn(now);
        _begun[(int)(_window % Windows)]++;
        Active++;
    }

    internal void Talk(int day, double seconds)
    {
        Seconds = SecondsOn(day) + seconds;
        Day = day;
    }

    /// <summary>Whether an alarm is the first of its hour, or its day.</summary>
    internal bool IsNewAlarm(AccountLimit limit, DateTimeOffset now, int day)
    {
        var period = limit == AccountLimit.MinutesPerDay ? day : now.ToUnixTimeSeconds() / 3600;
        ref var told = ref _told[(int)limit];
        var isNew = told != period;
        told = period;
        return isNew;
    }

    /// <summary>The hour and the day begin anew; calls that stand go on.</summary>
    internal void Forget()
    {
        (_begun, _told) = (default, default);
        (Day, Seconds) = (0, 0);
    }

    /// <summary>What is kept over a restart.</summary>
    public KeptUsage Kept() => new(_window, [.. _begun], Day, Seconds);

    /// <summary>Takes over what was kept.</summary>
    public void Restore(in KeptUsage kept)
    {
        (_window, Day, Seconds) = (kept.Window, kept.Day, kept.Seconds);
        kept.Begun.AsSpan(0, Math.Min(kept.Begun.Length, Windows)).CopyTo(_begun);
    }

    private void Turn(DateTimeOffset now)
    {
        var window = WindowAt(now);
        if (window == _window - 1)
        {
            // Lanes read the clock one after the other, or it was set back by a little: it will be there again at once.
            return;
        }

        if (window < _window)
        {
            // The clock was set back: what was counted stays, and is forgotten an hour later.
            var sum = 0;
            foreach (var count in _begun)
            {
                sum += count;
            }

            _begun = default;
            _begun[(int)(window % Windows)] = sum;
            _window = window;
            return;
        }

        for (var passed = Math.Max(_window + 1, window - Windows + 1); passed <= window; passed++)
        {
            _begun[(int)(passed % Windows)] = 0;
        }

        _window = window;
    }
}

/// <param name="Window">The last one that was counted.</param>
/// <param name="Begun">Calls begun in each window of an hour.</param>
public readonly record struct KeptUsage(long Window, int[] Begun, int Day, double Seconds);
