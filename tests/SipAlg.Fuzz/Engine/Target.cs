using System.Text;

namespace SipAlg.Fuzz.Engine;

/// <summary>One reader of hostile octets, and what holds whatever it is given.</summary>
/// <param name="name">As a failure is reported.</param>
/// <param name="share">How many of each thousand inputs are its own.</param>
/// <param name="seeds">Real inputs, to be damaged.</param>
/// <param name="words">What its format is made of.</param>
internal abstract class Target(string name, int share, byte[][] seeds, byte[][] words)
{
    public string Name => name;
    public int Share => share;
    public byte[][] Seeds => seeds;
    public byte[][] Words => words;

    /// <summary>An input that takes longer, each of three times, is a finding. Milliseconds.</summary>
    public virtual int MostTime => 100;

    /// <summary>Writes an input by the format's grammar.</summary>
    /// <returns>False: it has no such writer.</returns>
    public virtual bool Generate(FuzzInput input, Dice dice) => false;

    /// <summary>Depends on nothing but the input.</summary>
    /// <returns>What is wrong, or null.</returns>
    public abstract string? Check(FuzzInput input, Features features);

    protected static byte[][] Load(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data", folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    protected static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>A number for what is drawn by lot inside a check: the same for the same input.</summary>
    protected static int Fingerprint(ReadOnlySpan<byte> octets)
    {
        var hash = 2166136261u;
        foreach (var octet in octets)
        {
            hash = (hash ^ octet) * 16777619;
        }

        return (int)(hash & int.MaxValue);
    }
}
