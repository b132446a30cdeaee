using System.Security.Cryptography;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Gate;

/// <summary>
/// What the gates of all lanes and listeners share: the rules, who is known, and what else keeps sources out. Rules are replaced as a whole,
/// from any thread, and hold from the next datagram on.
/// </summary>
public sealed class GateBoard
{
    private GateRules _rules = GateRules.Open;
    private IGateRule? _other;

    public GateBoard(TimeProvider time)
        : this(time, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)))
    {
    }

    /// <param name="key0">With the other: where sources fall in tables, which nobody may foresee.</param>
    public GateBoard(TimeProvider time, ulong key0, ulong key1)
    {
        Time = time;
        Hash = new SourceHash(key0, key1);
        Known = new KnownSources(Hash);
    }

    /// <summary>Of all threads that accept connections.</summary>
    public TimeProvider Time { get; }

    public SourceHash Hash { get; }

    /// <summary>Sources with live bindings or calls.</summary>
    public KnownSources Known { get; }

    public GateRules Rules
    {
        get => Volatile.Read(ref _rules);
        set => Volatile.Write(ref _rules, value);
    }

    /// <summary>Asked about every source that is no peer's, after the realm's lists and before what strangers may use; null: nothing else is.</summary>
    public IGateRule? Other
    {
        get => Volatile.Read(ref _other);
        set => Volatile.Write(ref _other, value);
    }

    /// <summary>Whether a source is a peer's in a realm.</summary>
    public bool IsPeer(int realm, in IpAddress source) => Rules.Of(realm)?.Peers.Contains(source) == true;
}
