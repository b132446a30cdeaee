namespace SipAlg.Fuzz.Engine;

/// <summary>Lots drawn from a seed: the same seed draws the same (SplitMix64). Nothing is allocated.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>0 to one less; 0 below 1.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)Math.Max(count, 0)) >> 32);

    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];
}
