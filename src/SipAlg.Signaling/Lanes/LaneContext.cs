using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>What the SIP logic of one lane shares: the lane itself, and what it owns besides.</summary>
/// <param name="lane">The loop that drives it.</param>
/// <param name="listenerGroups">The realm of each listener.</param>
/// <param name="secrets">Default: what the system's generator gives.</param>
public sealed class LaneContext(ILane lane, int[] listenerGroups, SecretSource? secrets = null)
{
    private int[] _groups = listenerGroups;

    public byte Number { get; } = (byte)lane.Number;
    public ILane Lane => lane;
    public long Now => lane.Now;
    public TimerWheel Timers => lane.Timers;
    public ISignalingNetwork Network => lane.Network;
    public SecretSource Secrets { get; } = secrets ?? new();
    public OctetStore Octets { get; } = new();
    public SignalingCounters Counters { get; } = new(listenerGroups);

    /// <summary>Why connections with TLS did not come about.</summary>
    public Tls.FailedWays FailedWays { get; } = new();

    /// <summary>Keeps the messages of calls; null: nobody does.</summary>
    public Traces.MessageTrace? Trace { get; set; }

    /// <summary>The realm that a listener belongs to.</summary>
    public int Group(int listener) => _groups[listener];

    /// <summary>There are more listeners; those that were there stay what they were.</summary>
    public void Take(int[] groups)
    {
        _groups = groups;
        Counters.Take(groups);
    }

    /// <summary>A new identifier of this lane that nobody can guess.</summary>
    /// <param name="slot">The record that messages with this identifier are for.</param>
    public MintedId MintId(int slot) => new(Number, slot, Secrets.Next());

    /// <summary>Room for one message that is read again; used up within one call.</summary>
    internal byte[] KeptScratch { get; } = new byte[SipLimits.Message];
}
