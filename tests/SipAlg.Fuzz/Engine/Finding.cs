using System.Text;

namespace SipAlg.Fuzz.Engine;

/// <summary>An input that a target failed at.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Seed">Of the run.</param>
/// <param name="Number">The input's place among those of its target.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Octets">As short as it could be made.</param>
internal sealed record Finding(string Target, ulong Seed, long Number, string Problem, byte[] Octets)
{
    /// <summary>Keeps the input in a file to be replayed.</summary>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{Target}-{Seed}-{Number}.bin");
        File.WriteAllBytes(path, Octets);
        return path;
    }

    public override string ToString()
    {
        var shown = Octets.Length <= 600 ? Octets : Octets[..600];
        return $"{Target}, seed {Seed}, input {Number}: {Problem}\n{Octets.Length} octets: {Encoding.Latin1.GetString(shown).Replace("\r", "\\r", StringComparison.Ordinal)}\n{Convert.ToHexString(shown)}";
    }
}
