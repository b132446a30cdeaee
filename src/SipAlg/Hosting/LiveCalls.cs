using System.Globalization;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Journal;

namespace SipAlg.Hosting;

/// <summary>A place among the live calls: a lane and a slot in it. Calls do not move, so none that stays is passed over or seen twice.</summary>
internal readonly record struct LiveCursor(int Lane, int Slot)
{
    /// <param name="text">Empty for the beginning.</param>
    public static bool TryParse(string text, int lanes, out LiveCursor cursor)
    {
        cursor = default;
        if (text.Length == 0)
        {
            return true;
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !TryNumber(text.AsSpan(0, dot), out var lane) || !TryNumber(text.AsSpan(dot + 1), out var slot) || lane >= lanes)
        {
            return false;
        }

        cursor = new LiveCursor(lane, slot);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Lane}.{Slot}");

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>Asks the lanes about their calls, a bounded piece of work a turn, and takes copies out.</summary>
internal sealed class LiveCalls(Gateway gateway)
{
    private const int MostOfTurn = 100;

    /// <summary>Empty ones and calls that nobody wants cost less.</summary>
    private const int MostSlotsOfTurn = 500;

    /// <summary>Of one page, so that a filter that nothing passes is no long work either.</summary>
    private const int MostTurns = 200;

    /// <param name="from">Where to begin.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="isWanted">Asked on the lane; null: all.</param>
    /// <returns>No more calls than that, perhaps fewer, and where to go on; null after the last.</returns>
    public async Task<(IReadOnlyList<CallSnapshot> Calls, LiveCursor? Next)> ListAsync(LiveCursor from, int limit, Func<CallRecord, bool>? isWanted = null)
    {
        List<CallSnapshot> calls = [];
        var (number, slot) = (from.Lane, from.Slot);
        for (var turns = 0; number < gateway.LaneCount && calls.Count < limit && turns < MostTurns; turns++)
        {
            var start = slot;
            slot = await gateway.AskAsync(number, lane => Copy(lane, start, Math.Min(MostOfTurn, limit - calls.Count), calls, isWanted)).ConfigureAwait(false);
            (number, slot) = slot < 0 ? (number + 1, 0) : (number, slot);
        }

        return (calls, number < gateway.LaneCount ? new LiveCursor(number, slot) : null);
    }

    /// <returns>null: no lane has it.</returns>
    public async Task<CallSnapshot?> FindAsync(ulong id)
    {
        for (var number = 0; number < gateway.LaneCount; number++)
        {
            var found = await gateway.AskAsync<CallSnapshot?>(number, lane => lane.RecordOf(id) is { } record ? new CallSnapshot(record, lane.StreamsOf(id)) : null).ConfigureAwait(false);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    /// <returns>false: no lane has it.</returns>
    public async Task<bool> HangUpAsync(ulong id, CallCause cause)
    {
        for (var number = 0; number < gateway.LaneCount; number++)
        {
            if (await gateway.AskAsync(number, lane => lane.HangUp(id, cause)).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>On the lane. The asker waits meanwhile, so the list is this turn's alone.</summary>
    private static int Copy(CallLane lane, int start, int most, List<CallSnapshot> calls, Func<CallRecord, bool>? isWanted)
    {
        var page = new CallRecord[most];
        var next = lane.List(start, page, out var count, isWanted, MostSlotsOfTurn);
        foreach (var record in page.AsSpan(0, count))
        {
            calls.Add(new CallSnapshot(record));
        }

        return next;
    }
}
