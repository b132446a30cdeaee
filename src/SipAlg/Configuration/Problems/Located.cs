using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Problems;

/// <summary>A value of the configuration and where it is written. Null stands for a key that is not written.</summary>
/// <param name="IsSound">Nothing within was reported and left out: then what is missing is really not written.</param>
internal sealed record Located<T>(T Value, SourcePosition At, bool IsSound = true);

/// <summary>An entry of a mapping whose keys are names.</summary>
/// <param name="IsSound">Nothing within was reported and left out.</param>
internal sealed record Named<T>(string Name, SourcePosition At, T Value, bool IsSound = true)
{
    /// <summary>What is written there; null where nobody asks for it.</summary>
    public ConfigNode? Node { get; init; }
}
