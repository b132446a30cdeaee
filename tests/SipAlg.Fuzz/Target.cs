using SipAlg.Testing.Hostile;

namespace SipAlg.Fuzz;

/// <summary>One reader of hostile octets.</summary>
/// <param name="name">As a failure is reported.</param>
/// <param name="files">Real inputs, to be damaged.</param>
internal abstract class Target(string name, byte[][] files)
{
    public string Name => name;
    protected byte[][] Files => files;

    /// <summary>The input of this seed.</summary>
    public virtual byte[] Input(int seed) => new Mutator(seed).Damage(files[(seed & int.MaxValue) % files.Length]);

    /// <returns>What is wrong, or null.</returns>
    public abstract string? Check(byte[] input, int seed);

    protected static byte[][] Load(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data", folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
}
