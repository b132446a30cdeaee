using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>What the SIP logic of one lane shares: the lane itself, and what it owns besides.</summary>
/// <param name="lane">The loop that drives it.</param>
/// <param name="listenerGroups">The realm of each listener.</param>
/// <param name="secrets">Default: what the system's generator gives.</param>
public sealed class LaneContext(ILane lane, int[] listenerGroups, SecretSource? secrets = null)
{
    private int[] _groups = Told(lane, listenerGroups);

    public byte Number { get; } = (byte)lane.Number;
    public ILane Lane => lane;
    public long Now => lane.Now;
    public TimerWheel Timers => lane.Timers;
    public ISignalingNetwork Network => lane.Network;

    /// <summary>Says who is heard at all; null: everybody.</summary>
    public SourceGate? Gate => lane.Gate;
    public SecretSource Secrets { get; } = secrets ?? new();
    public OctetStore Octets { get; } = new();
    public SignalingCounters Counters { get; } = new(listenerGroups);

    /// <summary>Why connections with TLS did not come about.</summary>
    public Tls.FailedWays FailedWays { get; } = new();

    /// <summary>Keeps the messages of calls; null: nobody does.</summary>
    public Traces.MessageTrace? Trace { get; set; }

    /// <summary>Somebody stands behind the far side of a flow: it is heard as one who is known from now on.</summary>
    /// <param name="flow">By which something came that only it could have sent.</param>
    /// <param name="milliseconds">How long.</param>
    public void Know(in Flow flow, long milliseconds)
    {
        if (lane.Gate is { } gate && !flow.Remote.Address.IsNone)
        {
            gate.Board.Known.Add(flow.Remote.Address, Now, milliseconds);
        }
    }

    /// <summary>The realm that a listener belongs to.</summary>
    public int Group(int listener) => _groups[listener];

    /// <summary>There are more listeners; those that were there stay what they were.</summary>
    public void Take(int[] groups)
    {
        _groups = Told(lane, groups);
        Counters.Take(groups);
    }

    private static int[] Told(ILane lane, int[] groups)
    {
        lane.Gate?.Take(groups);
        return groups;
    }

    /// <summary>A new identifier of this lane that nobody can guess.</summary>
    /// <param name="slot">The record that messages with this identifier are for.</param>
    public MintedId MintId(int slot) => new(Number, slot, Secrets.Next());

    /// <summary>Room for one message that is read again; used up within one call.</summary>
    internal byte[] KeptScratch { get; } = new byte[SipLimits.Message];
}
