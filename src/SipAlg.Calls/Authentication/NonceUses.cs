using System.Numerics;

namespace SipAlg.Calls.Authentication;

/// <summary>
/// Which nonces were used, and with which counts (RFC 7616 §3.4, nc): a table of fixed size, indexed by serial. Only a right answer
/// takes a place, so challenges cost nothing; a place goes to a later nonce, never back to an earlier one, so that what was
/// forgotten is refused and nothing can be used twice. Lane-owned.
/// </summary>
/// <param name="capacity">Nonces in use at once; a power of two. 16 octets each.</param>
internal sealed class NonceUses(int capacity)
{
    /// <summary>Counts below the highest that may still come, when requests overtake one another.</summary>
    public const int Window = 64;

    private readonly Use[] _uses = new Use[capacity];
    private readonly int _bits = BitOperations.Log2((uint)capacity);

    private struct Use
    {
        /// <summary>The serial without the bits that are the place, plus 1; 0 for a place that is free.</summary>
        public uint Round;

        public uint Highest;

        /// <summary>Counts that were used: the lowest bit is <see cref="Highest"/>, the next the count below it.</summary>
        public ulong Seen;
    }

    /// <summary>Whether this count of the nonce was not used yet, as far as that is remembered.</summary>
    public bool IsFresh(long serial, uint count)
    {
        ref var use = ref At(serial, out var round);
        return use.Round < round || (use.Round == round && (count > use.Highest || !IsSeen(use, use.Highest - count)));
    }

    /// <summary>Whether the nonce was never used, as far as that is remembered.</summary>
    public bool IsFresh(long serial) => At(serial, out var round).Round < round;

    /// <summary>Remembers a count that is fresh.</summary>
    public void Claim(long serial, uint count)
    {
        ref var use = ref At(serial, out var round);
        if (use.Round != round)
        {
            use = new Use { Round = round, Highest = count, Seen = 1 };
        }
        else if (count > use.Highest)
        {
            var ahead = count - use.Highest;
            use.Seen = ahead < Window ? (use.Seen << (int)ahead) | 1 : 1;
            use.Highest = count;
        }
        else
        {
            use.Seen |= 1UL << (int)(use.Highest - count);
        }
    }

    /// <summary>Remembers that the nonce is used up.</summary>
    public void Claim(long serial)
    {
        ref var use = ref At(serial, out var round);
        use = new Use { Round = round, Highest = uint.MaxValue, Seen = ulong.MaxValue };
    }

    private ref Use At(long serial, out uint round)
    {
        round = (uint)(serial >> _bits) + 1;
        return ref _uses[serial & (_uses.Length - 1)];
    }

    private static bool IsSeen(in Use use, uint below) => below >= Window || ((use.Seen >> (int)below) & 1) != 0;
}
