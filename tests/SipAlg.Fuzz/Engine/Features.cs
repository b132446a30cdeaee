namespace SipAlg.Fuzz.Engine;

/// <summary>
/// What a reader has been seen to do: each target notes what it found, and an input that shows what none has shown is kept to be
/// damaged further. It takes the place of instrumented branches (docs/decisions/0076).
/// </summary>
internal sealed class Features
{
    private const int Bits = 16;
    private readonly ulong[] _seen = new ulong[(1 << Bits) / 64];

    public int Count { get; private set; }

    /// <summary>Something new since <see cref="Begin"/>.</summary>
    public bool HasNew { get; private set; }

    public void Begin() => HasNew = false;

    public void Add(int kind, int value)
    {
        var hash = (uint)(((ulong)(uint)kind << 32 | (uint)value) * 0x9E3779B97F4A7C15 >> (64 - Bits));
        var bit = 1UL << (int)(hash & 63);
        if ((_seen[hash >> 6] & bit) == 0)
        {
            _seen[hash >> 6] |= bit;
            Count++;
            HasNew = true;
        }
    }

    /// <summary>As a size: one feature for each doubling.</summary>
    public void AddSize(int kind, int size) => Add(kind, 32 - int.LeadingZeroCount(size));
}
