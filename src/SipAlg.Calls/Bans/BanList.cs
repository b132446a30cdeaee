using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Bans;

/// <summary>
/// Who is banned: shared by lanes, listeners and whoever shows it. Asked for each datagram before anything is read of it, without a lock and
/// without a clock unless the source is in it; changed seldom, under a lock. Fixed memory: when it is full, a ban goes that could be of a
/// forged source, the one that ends first.
/// </summary>
public sealed class BanList : IGateRule
{
    /// <summary>Each further ban of a source lasts so many times as long.</summary>
    public const int Growth = 4;

    /// <summary>Datagrams a second that are read of a source whose ban rests on datagrams alone: who really is there can prove himself.</summary>
    public const int HeardEachSecond = 4;

    /// <summary>How long a ban that is over is remembered, so that the next one lasts longer.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(7);

    private const int Ways = 8;
    private const int Sets = 1 << 12;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly KeyedHash _hash;
    private Place[] _places = [];
    private readonly Dictionary<IpAddress, Ban> _bans = [];
    private readonly long[] _total = new long[(int)BanReason.Count];
    private readonly long[] _spared = new long[(int)BanReason.Count * (int)BanExemption.Count];
    private readonly int[] _active = new int[(int)BanReason.Count];
    private int _taken;
    private long _dropped;
    private BanRules _rules;

    public BanList(TimeProvider time, BanRules? rules = null)
    {
        _time = time;
        _rules = rules ?? BanRules.Usual;
        Span<byte> key = stackalloc byte[2 * sizeof(ulong)];
        RandomNumberGenerator.Fill(key);
        _hash = new KeyedHash(BitConverter.ToUInt64(key), BitConverter.ToUInt64(key[sizeof(ulong)..]));
    }

    private struct Place
    {
        /// <summary>Of the source; 0: free.</summary>
        public ulong Tag;

        /// <summary>Milliseconds of the list.</summary>
        public long Until;

        /// <summary>Only datagrams are banned.</summary>
        public bool IsUnproven;

        /// <summary>The second in which datagrams were last heard all the same, and how many.</summary>
        public long Second;
        public int Heard;
    }

    /// <summary>Told of changes; null: nobody.</summary>
    public IBanWatch? Watch { get; set; }

    public BanRules Rules => Volatile.Read(ref _rules);

    /// <summary>Bans that stand.</summary>
    public int Active
    {
        get
        {
            lock (_lock)
            {
                Expire();
                return _active.Sum();
            }
        }
    }

    /// <summary>Those that stand for this reason.</summary>
    public int ActiveFor(BanReason reason)
    {
        lock (_lock)
        {
            Expire();
            return _active[(int)reason];
        }
    }

    /// <summary>Bans since the start.</summary>
    public long Total(BanReason reason) => Volatile.Read(ref _total[(int)reason]);

    /// <summary>Sources that deserved it and were not banned.</summary>
    public long Spared(BanReason reason, BanExemption exemption) => Volatile.Read(ref _spared[((int)reason * (int)BanExemption.Count) + (int)exemption]);

    /// <summary>Datagrams and connections of banned sources that were not looked at.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Other rules; bans of sources that are allowed from now on end.</summary>
    public void Take(BanRules rules)
    {
        Volatile.Write(ref _rules, rules);
        foreach (var ban in List())
        {
            if (!rules.IsOn || rules.IsAllowed(ban.Address))
            {
                Lift(ban.Address, rules.IsOn ? "it is allowed now" : "bans are off");
            }
        }
    }

    /// <summary>Whether nothing is to be heard of a source. Of who is not in the list this reads one cell.</summary>
    /// <param name="source">Where something came from.</param>
    /// <param name="isConnection">By a connection, so that it did come from there.</param>
    public bool IsBanned(IpAddress source, bool isConnection) => Volatile.Read(ref _taken) != 0 && Judge(source, isConnection);

    /// <summary>
    /// Asked before anything is read. What came by a connection is asked about when that is opened and at each request; of a datagram
    /// that was heard its request is no second one.
    /// </summary>
    GateVerdict IGateRule.Judge(int realm, in IpAddress source, bool isKnown, GateCharge charge, long now) =>
        !isKnown && IsBanned(source, charge != GateCharge.Packet) ? GateVerdict.Banned : GateVerdict.Pass;

    /// <summary>Bans a source, anew or for longer.</summary>
    /// <returns>Null: it is banned as much already, or there is no room.</returns>
    public Ban? Add(IpAddress source, BanReason reason, string detail, bool isProven, string realm)
    {
        var address = Prefixes.Household(source);
        Ban ban;
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var before = _bans.GetValueOrDefault(address);
            var stands = before is not null && before.Until > now;
            if (stands && (before!.IsProven || !isProven))
            {
                return null;
            }

            var times = stands ? before!.Times : (before?.Times ?? 0) + 1;
            ban = new Ban(address, reason) { Detail = detail, IsProven = isProven, Realm = realm, Since = stands ? before!.Since : now, Until = now + Duration(times, isProven), Times = times };
            if (!TryKeep(ban))
            {
                return null;
            }

            _total[(int)reason]++;
        }

        Watch?.Banned(ban);
        return ban;
    }

    /// <summary>Takes over a ban of before the start; one that is over is remembered only.</summary>
    public void Restore(Ban ban)
    {
        lock (_lock)
        {
            if (ban.Until + Remembered > _time.GetUtcNow() && !_bans.ContainsKey(ban.Address))
            {
                TryKeep(ban);
            }
        }
    }

    /// <summary>Ends a ban, and forgets it.</summary>
    /// <param name="source">Any address of what is banned.</param>
    /// <param name="why">For the log.</param>
    /// <returns>Null: it is not banned.</returns>
    public Ban? Lift(IpAddress source, string why)
    {
        Ban? ban;
        lock (_lock)
        {
            var address = Prefixes.Household(source);
            if (!_bans.Remove(address, out ban))
            {
                return null;
            }

            Free(address);
        }

        if (ban.Until <= _time.GetUtcNow())
        {
            return null;
        }

        Watch?.Lifted(ban, why);
        return ban;
    }

    /// <summary>Somebody at the source has proven to be a user: a ban that rests on datagrams, which anybody may have sent, ends.</summary>
    public void Proven(IpAddress source)
    {
        if (Volatile.Read(ref _taken) != 0 && Find(source) is { IsProven: false })
        {
            Lift(source, "somebody there has proven to be a user");
        }
    }

    /// <summary>The ban that a source is under; null: none.</summary>
    public Ban? Find(IpAddress source)
    {
        lock (_lock)
        {
            return _bans.TryGetValue(Prefixes.Household(source), out var ban) && ban.Until > _time.GetUtcNow() ? ban : null;
        }
    }

    /// <summary>Those that stand, the latest first.</summary>
    public IReadOnlyList<Ban> List()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            return [.. _bans.Values.Where(ban => ban.Until > now).OrderByDescending(ban => ban.Since).ThenBy(ban => ban.Text, StringComparer.Ordinal)];
        }
    }

    /// <summary>Those that stand and those that are remembered, for who keeps them.</summary>
    public IReadOnlyList<Ban> Kept()
    {
        lock (_lock)
        {
            return [.. _bans.Values];
        }
    }

    /// <summary>A source deserves a ban and does not get one.</summary>
    public void Spare(IpAddress source, BanReason reason, BanExemption exemption)
    {
        Interlocked.Increment(ref _spared[((int)reason * (int)BanExemption.Count) + (int)exemption]);
        Watch?.Spared(Prefixes.Household(source), reason, exemption);
    }

    private long Milliseconds => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    private TimeSpan Duration(int times, bool isProven)
    {
        var longest = isProven || Rules.Longest < BanRules.LongestUnproven ? Rules.Longest : BanRules.LongestUnproven;
        var length = Rules.First;
        for (var time = 1; time < times && length < longest; time++)
        {
            length *= Growth;
        }

        return length < longest ? length : longest;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Judge(IpAddress source, bool isConnection)
    {
        var tag = TagOf(Prefixes.Household(source));
        foreach (ref var place in SetOf(tag))
        {
            if (Volatile.Read(ref place.Tag) != tag)
            {
                continue;
            }

            var now = Milliseconds;
            var isBanned = Volatile.Read(ref place.Until) > now && !(place.IsUnproven && (isConnection || IsHeard(ref place, now / 1000)));
            if (isBanned)
            {
                Interlocked.Increment(ref _dropped);
            }

            return isBanned;
        }

        return false;
    }

    /// <summary>Two threads that look at once may let one more through.</summary>
    private static bool IsHeard(ref Place place, long second)
    {
        if (place.Second != second)
        {
            (place.Second, place.Heard) = (second, 0);
        }

        return place.Heard++ < HeardEachSecond;
    }

    private bool TryKeep(Ban ban)
    {
        var address = ban.Address;
        if (!_bans.ContainsKey(address) && _bans.Count >= Rules.Most && !TryMakeRoom(ban))
        {
            return false;
        }

        Free(address);
        var left = ban.Until - _time.GetUtcNow();
        if (left > TimeSpan.Zero && !TryPlace(ban, Milliseconds + (long)left.TotalMilliseconds))
        {
            return false;
        }

        _bans[address] = ban;
        return true;
    }

    /// <summary>Who is remembered only goes first, then whose ban may be of a forged source; what is proven makes no room for what is not.</summary>
    private bool TryMakeRoom(Ban comes)
    {
        var now = _time.GetUtcNow();
        var goes = _bans.Values.MinBy(ban => (ban.Until > now, ban.IsProven, ban.Until))!;
        if (goes.Until > now && goes.IsProven && !comes.IsProven)
        {
            return false;
        }

        _bans.Remove(goes.Address);
        Free(goes.Address);
        return true;
    }

    private bool TryPlace(Ban ban, long until)
    {
        if (_places.Length == 0)
        {
            // Who asks looks at the count first.
            _places = new Place[Sets * Ways];
        }

        var tag = TagOf(ban.Address);
        var now = Milliseconds;
        foreach (ref var place in SetOf(tag))
        {
            if (place.Tag == 0 || place.Until <= now)
            {
                var taken = _taken + (place.Tag == 0 ? 1 : 0);
                (place.Until, place.IsUnproven, place.Second, place.Heard) = (until, !ban.IsProven, 0, 0);
                Volatile.Write(ref place.Tag, tag);
                Volatile.Write(ref _taken, taken);
                return true;
            }
        }

        return false;
    }

    private void Free(IpAddress address)
    {
        var tag = TagOf(address);
        foreach (ref var place in _taken == 0 ? default : SetOf(tag))
        {
            if (place.Tag == tag)
            {
                Volatile.Write(ref place.Tag, 0);
                place.Until = 0;
                Volatile.Write(ref _taken, _taken - 1);
            }
        }
    }

    /// <summary>Counts who stands, and forgets whom it is time to forget.</summary>
    private void Expire()
    {
        var now = _time.GetUtcNow();
        Array.Clear(_active);
        foreach (var ban in _bans.Values)
        {
            if (ban.Until > now)
            {
                _active[(int)ban.Reason]++;
            }
            else
            {
                Free(ban.Address);
                if (ban.Until + Remembered <= now)
                {
                    _bans.Remove(ban.Address);
                }
            }
        }
    }

    private Span<Place> SetOf(ulong tag) => _places.AsSpan((int)((tag >> 1) % Sets) * Ways, Ways);

    private ulong TagOf(IpAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        return _hash.Of(octets[..address.WriteOctets(octets)]) | 1;
    }
}
