using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Gate;

/// <summary>
/// What else keeps sources out, e.g. bans. Asked before anything is parsed about every datagram, message and connection of a source that is no peer's,
/// by all lanes and by the threads that accept connections at once: it must neither wait nor allocate.
/// </summary>
public interface IGateRule
{
    /// <param name="realm">The listener's group.</param>
    /// <param name="source">Where it came from; over UDP that may be forged.</param>
    /// <param name="isKnown">It has live bindings or calls (<see cref="KnownSources"/>).</param>
    /// <param name="charge">What it wants.</param>
    /// <param name="now">Milliseconds since about the start.</param>
    GateVerdict Judge(int realm, in IpAddress source, bool isKnown, GateCharge charge, long now);
}
