using System.Buffers.Binary;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Authentication;

/// <summary>Under whose names a guess is counted.</summary>
/// <param name="First">The source, or the pair where that is known.</param>
/// <param name="Second">The user; the same as the first where the pair is known.</param>
/// <param name="Pair">The user at the source.</param>
internal readonly record struct GuessKeys(ulong First, ulong Second, ulong Pair);

/// <summary>
/// Slows down whoever guesses passwords: wrong answers are counted for their source and for the user that they name, and after
/// <see cref="Limit"/> of them no answer is looked at for a time that doubles with each further bout. A user who was let in from a
/// source before has a count of its own there, so that neither a stranger's guesses nor a neighbour's phone locks him out.
/// Fixed memory, lane-owned: when the table is full, who has guessed least is forgotten.
/// </summary>
internal sealed class GuessLimiter(KeyedHash hash)
{
    /// <summary>Wrong answers that are taken at once.</summary>
    public const int Limit = 10;

    /// <summary>Wrong answers that are taken after a hold.</summary>
    public const int AfterHold = 3;

    /// <summary>A wrong answer is forgiven in this time.</summary>
    public const int DecaySeconds = 30;

    public const int FirstHoldSeconds = 10;

    /// <summary>No guesser gets far with 432 answers a day, and a phone whose password was put right waits no longer than this.</summary>
    public const int LongestHoldSeconds = 600;

    /// <summary>Who has given no wrong answer for this long begins anew.</summary>
    public const int ForgivenSeconds = 3600;

    private const int Ways = 4;
    private const int Sets = 2048;
    private const int Pairs = 1 << 16;
    private readonly Count[] _counts = new Count[Sets * Ways];
    private readonly uint[] _pairs = new uint[Pairs];

    private struct Count
    {
        /// <summary>0 for a place that is free.</summary>
        public uint Tag;

        /// <summary>Seconds of the lane, when <see cref="Level"/> was true.</summary>
        public uint At;
        public uint HeldUntil;
        public float Level;
        public byte Holds;
    }

    /// <param name="user">The name that was given, known or not.</param>
    public GuessKeys KeysOf(IpAddress source, ReadOnlySpan<byte> user)
    {
        Span<byte> text = stackalloc byte[17 + sizeof(ulong)];
        text.Clear();
        Prefixes.Household(source).WriteOctets(text[1..]);
        BinaryPrimitives.WriteUInt64LittleEndian(text[17..], hash.Of(user));
        text[0] = 2;
        var pair = hash.Of(text);
        if (_pairs[pair % Pairs] == Tag(pair))
        {
            return new GuessKeys(pair, pair, pair);
        }

        text[..17].Clear();
        text[0] = 3;
        var byUser = hash.Of(text);
        text.Clear();
        Prefixes.Household(source).WriteOctets(text[1..]);
        text[0] = 1;
        return new GuessKeys(hash.Of(text), byUser, pair);
    }

    /// <summary>Whether answers are not looked at now.</summary>
    /// <param name="now">Milliseconds of the lane.</param>
    public bool IsHeld(in GuessKeys keys, long now) => IsHeld(keys.First, Seconds(now)) || IsHeld(keys.Second, Seconds(now));

    /// <summary>An answer was wrong.</summary>
    public void Failed(in GuessKeys keys, long now)
    {
        Add(keys.First, Seconds(now));
        if (keys.Second != keys.First)
        {
            Add(keys.Second, Seconds(now));
        }
    }

    /// <summary>An answer was right: from here the user is known at this source.</summary>
    public void Succeeded(in GuessKeys keys) => _pairs[keys.Pair % Pairs] = Tag(keys.Pair);

    private bool IsHeld(ulong key, uint now)
    {
        foreach (ref var count in Set(key))
        {
            if (count.Tag == Tag(key))
            {
                return count.HeldUntil > now;
            }
        }

        return false;
    }

    private void Add(ulong key, uint now)
    {
        ref var count = ref PlaceOf(key, now);
        if (count.Tag != Tag(key) || now > count.At + ForgivenSeconds)
        {
            count = new Count { Tag = Tag(key) };
        }

        count.Level = LevelAt(count, now) + 1;
        count.At = now;
        if (count.Level >= Limit)
        {
            var hold = (uint)Math.Min(FirstHoldSeconds << Math.Min((int)count.Holds, 16), LongestHoldSeconds);
            count.HeldUntil = now + hold;
            count.Holds = (byte)Math.Min(count.Holds + 1, byte.MaxValue);
            count.Level = Limit - AfterHold;
            count.At = now + hold;
        }
    }

    /// <summary>The place of the key, or that of who has guessed least.</summary>
    private ref Count PlaceOf(ulong key, uint now)
    {
        var set = Set(key);
        var least = 0;
        for (var way = 0; way < Ways; way++)
        {
            if (set[way].Tag == Tag(key))
            {
                return ref set[way];
            }

            least = Weight(set[way], now) < Weight(set[least], now) ? way : least;
        }

        return ref set[least];
    }

    private static float Weight(in Count count, uint now) => count.Tag == 0 ? -1 : LevelAt(count, now) + (count.HeldUntil > now ? Limit : 0);

    private static float LevelAt(in Count count, uint now) => Math.Max(0, count.Level - ((now > count.At ? now - count.At : 0) / (float)DecaySeconds));

    private Span<Count> Set(ulong key) => _counts.AsSpan((int)(key % Sets) * Ways, Ways);

    private static uint Tag(ulong key) => (uint)(key >> 32) | 1;

    private static uint Seconds(long now) => (uint)(now / 1000);
}
