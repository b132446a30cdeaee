using System.Numerics;
using System.Runtime.CompilerServices;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// A lane's timers: a hierarchical wheel of milliseconds over a slab of structs. Scheduling and cancelling cost the same
/// whatever the count, and nothing is allocated once the slab has grown. One thread only.
/// <para>
/// Level n holds the timers whose due time first differs from the next tick in its n-th group of six bits; they move down when
/// their group is reached. A timer can only be scheduled straight into a finer level once the coarser one has been
/// emptied into it, so timers of one tick keep the order in which they were scheduled.
/// </para>
/// </summary>
public sealed class TimerWheel
{
    private const int SlotBits = 6;
    private const int Slots = 1 << SlotBits;
    private const int Levels = 7;
    private const short Free = -1;
    private const short Firing = Levels * Slots;

    /// <summary>Due times beyond this (139 years) are cut to it.</summary>
    private const long Horizon = (1L << (SlotBits * Levels)) - 1;

    private readonly ulong[] _occupied = new ulong[Levels];
    private readonly int[] _heads = new int[Firing + 1];
    private readonly int[] _tails = new int[Firing + 1];
    private Entry[] _entries;
    private int _free = -1;
    private int _used;

    /// <summary>The first tick that is not done yet.</summary>
    private long _next;

    private struct Entry
    {
        public long Due;
        public int Before;
        public int After;
        public int Slot;
        public uint Generation;
        public uint Stamp;
        public short List;
        public byte Kind;
    }

    /// <param name="now">Milliseconds; where the clock stands.</param>
    /// <param name="capacity">Timers to make room for at once.</param>
    public TimerWheel(long now, int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(now);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _next = now;
        _entries = new Entry[capacity];
        Array.Fill(_heads, -1);
        Array.Fill(_tails, -1);
    }

    /// <summary>Timers that wait.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// When <see cref="Advance"/> has something to do next: never later than the earliest timer, exact for those of the current
    /// 64 ms, earlier for others by one stop a level. <see cref="long.MaxValue"/> without timers.
    /// </summary>
    public long NextDue
    {
        get
        {
            if (_heads[Firing] >= 0)
            {
                return _next;
            }

            for (var level = 0; level < Levels; level++)
            {
                if (_occupied[level] != 0)
                {
                    var shift = level * SlotBits;
                    var block = _next >> (shift + SlotBits) << (shift + SlotBits);
                    return block + ((long)BitOperations.TrailingZeroCount(_occupied[level]) << shift);
                }
            }

            return long.MaxValue;
        }
    }

    /// <summary>Schedules a timer. One whose time has come already fires at the next tick, so never inside the caller's turn.</summary>
    /// <param name="dueMilliseconds">On the clock given to <see cref="Advance"/>.</param>
    public TimerId Schedule(long dueMilliseconds, byte kind, int slot, uint generation)
    {
        var index = Take();
        ref var entry = ref _entries[index];
        entry.Due = Math.Clamp(dueMilliseconds, _next, Horizon);
        entry.Kind = kind;
        entry.Slot = slot;
        entry.Generation = generation;
        Place(index);
        Count++;
        return new TimerId(index, entry.Stamp);
    }

    /// <returns>false: the timer has fired or was cancelled before.</returns>
    public bool Cancel(TimerId id)
    {
        if (id.IsNone || id.Entry >= _used || _entries[id.Entry].Stamp != id.Stamp || _entries[id.Entry].List == Free)
        {
            return false;
        }

        Unlink(id.Entry);
        Return(id.Entry);
        return true;
    }

    /// <summary>Fires what is due up to <paramref name="now"/> (inclusive), by due time and then in the order of scheduling.</summary>
    public void Advance(long now, ITimerSink sink)
    {
        Fire(sink);
        for (var due = NextDue; due <= now; due = NextDue)
        {
            MoveTo(due);
            TakeTick();
            MoveTo(due + 1);
            Fire(sink);
        }

        if (now >= _next)
        {
            MoveTo(now + 1);
        }
    }

    private void Fire(ITimerSink sink)
    {
        while (_heads[Firing] >= 0)
        {
            var index = _heads[Firing];
            var entry = _entries[index];
            Unlink(index);
            Return(index);
            sink.OnTimer(entry.Kind, entry.Slot, entry.Generation);
        }
    }

    /// <summary>Takes the timers of the current tick aside, since moving on may fill their slot for the next 64 ms.</summary>
    private void TakeTick()
    {
        var slot = (int)(_next & (Slots - 1));
        while (_heads[slot] >= 0)
        {
            var index = _heads[slot];
            Unlink(index);
            Append(index, Firing);
        }
    }

    /// <summary>Moves on and empties the slots entered on each level into the finer ones, coarse first.</summary>
    private void MoveTo(long tick)
    {
        _next = tick;
        for (var level = Levels - 1; level > 0; level--)
        {
            var slot = (int)(tick >> (level * SlotBits)) & (Slots - 1);
            if ((_occupied[level] & (1UL << slot)) == 0)
            {
                continue;
            }

            var list = (level * Slots) + slot;
            while (_heads[list] >= 0)
            {
                var index = _heads[list];
                Unlink(index);
                Place(index);
            }
        }
    }

    private void Place(int index)
    {
        var due = _entries[index].Due;
        var level = due == _next ? 0 : BitOperations.Log2((ulong)(due ^ _next)) / SlotBits;
        var slot = (int)(due >> (level * SlotBits)) & (Slots - 1);
        _occupied[level] |= 1UL << slot;
        Append(index, (short)((level * Slots) + slot));
    }

    private void Append(int index, short list)
    {
        ref var entry = ref _entries[index];
        entry.List = list;
        entry.After = -1;
        entry.Before = _tails[list];
        NextOf(entry.Before, list) = index;
        _tails[list] = index;
    }

    private void Unlink(int index)
    {
        ref var entry = ref _entries[index];
        var list = entry.List;
        NextOf(entry.Before, list) = entry.After;
        if (entry.After >= 0)
        {
            _entries[entry.After].Before = entry.Before;
        }
        else
        {
            _tails[list] = entry.Before;
        }

        if (_heads[list] < 0 && list != Firing)
        {
            _occupied[list / Slots] &= ~(1UL << (list % Slots));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int NextOf(int before, short list) => ref before >= 0 ? ref _entries[before].After : ref _heads[list];

    private int Take()
    {
        var index = _free;
        if (index >= 0)
        {
            _free = _entries[index].After;
            return index;
        }

        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, _used * 2);
        }

        _entries[_used].Stamp = 1;
        return _used++;
    }

    private void Return(int index)
    {
        ref var entry = ref _entries[index];
        entry.Stamp = entry.Stamp == uint.MaxValue ? 1 : entry.Stamp + 1;
        entry.List = Free;
        entry.After = _free;
        _free = index;
        Count--;
    }
}
