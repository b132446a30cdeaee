namespace SipAlg.Fuzz.Engine;

/// <summary>The inputs of a target that are damaged for more: real ones, and those that showed something new.</summary>
internal sealed class Corpus(byte[][] seeds, Dice dice)
{
    private const int Most = 4096;

    /// <summary>Longer ones cost more than they show.</summary>
    private const int MostOctets = 8192;

    private readonly List<byte[]> _inputs = [.. seeds];

    public int Count => _inputs.Count;

    public byte[] Draw() => _inputs[dice.Below(_inputs.Count)];

    /// <summary>Real inputs stay; of the others one has to go when there are many.</summary>
    public void Add(ReadOnlySpan<byte> input)
    {
        if (input.Length > MostOctets)
        {
            return;
        }

        if (_inputs.Count < Most)
        {
            _inputs.Add(input.ToArray());
        }
        else
        {
            _inputs[dice.Between(seeds.Length, Most - 1)] = input.ToArray();
        }
    }
}
