using System.Collections.Immutable;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Resolution;

namespace SipAlg.Calls.Peers;

/// <summary>
/// The places where a peer is, and which of them did not take a request lately. Shared by all lanes: each value is written whole,
/// and a failure that is lost to another one written at the same time is noted by the next request.
/// </summary>
public sealed class PeerHops
{
    private SipHops? _found;
    private ImmutableList<Failed> _failed = [];
    private volatile bool _hasAnswer;

    private readonly record struct Failed(SipHop Hop, long Until);

    /// <summary>How long a place that failed is tried after the others (RFC 3263 §4.3 leaves it open).</summary>
    public static TimeSpan Rest { get; } = TimeSpan.FromSeconds(30);

    /// <summary>By priority and as written; empty while the host name has not been resolved.</summary>
    public ImmutableArray<SipHop> All => Volatile.Read(ref _found)?.All ?? [];

    /// <summary>The host name has been looked for, whatever came of it; before that a request waits for the answer.</summary>
    public bool HasAnswer => _hasAnswer;

    public void Set(SipHops found)
    {
        Volatile.Write(ref _found, found);
        _hasAnswer = true;
    }

    /// <summary>The host name cannot be found; what was found before stays.</summary>
    public void Miss() => _hasAnswer = true;

    /// <summary>An order to try them in, those that failed lately last; empty while there are none.</summary>
    /// <param name="draws">For those of equal priority.</param>
    /// <param name="time">The same for all lanes.</param>
    public ImmutableArray<SipHop> InOrder(SecretSource draws, TimeProvider time)
    {
        var hops = Volatile.Read(ref _found)?.InOrder(draws) ?? [];
        var failed = Volatile.Read(ref _failed);
        return failed.IsEmpty || hops.Length < 2 ? hops : [.. hops.OrderBy(hop => Rests(failed, hop, time.GetTimestamp()))];
    }

    /// <summary>A place did not take a request.</summary>
    /// <param name="hop">Which.</param>
    /// <param name="time">The same for all lanes.</param>
    /// <param name="rest">How long others go first.</param>
    public void Fail(SipHop hop, TimeProvider time, TimeSpan rest)
    {
        var now = time.GetTimestamp();
        var until = now + (long)(rest.TotalSeconds * time.TimestampFrequency);
        Volatile.Write(ref _failed, Volatile.Read(ref _failed).RemoveAll(entry => entry.Until <= now || entry.Hop == hop).Add(new Failed(hop, until)));
    }

    /// <summary>A place that failed answers again.</summary>
    public void Recover(SipHop hop) => Volatile.Write(ref _failed, Volatile.Read(ref _failed).RemoveAll(entry => entry.Hop == hop));

    private static bool Rests(ImmutableList<Failed> failed, SipHop hop, long now) => failed.Exists(entry => entry.Hop == hop && entry.Until > now);
}
