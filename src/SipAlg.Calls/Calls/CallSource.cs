using SipAlg.Media;

namespace SipAlg.Calls.Calls;

/// <summary>What became of a source of a call's media.</summary>
/// <param name="At">UTC.</param>
/// <param name="Realm">By whose port.</param>
/// <param name="Told">The relay's words.</param>
public readonly record struct CallSource(DateTimeOffset At, string Realm, SourceEvent Told);
