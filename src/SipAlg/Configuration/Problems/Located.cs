namespace SipAlg.Configuration.Problems;

/// <summary>A value of the configuration and where it is written. Null stands for a key that is not written.</summary>
internal sealed record Located<T>(T Value, SourcePosition At);

/// <summary>An entry of a mapping whose keys are names.</summary>
internal sealed record Named<T>(string Name, SourcePosition At, T Value);
