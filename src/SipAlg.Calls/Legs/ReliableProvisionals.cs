using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Legs;

/// <summary>
/// Our reliable provisional responses in one early dialog of the caller (RFC 3262 §3): one at a time is sent until its PRACK comes,
/// what the callee says meanwhile waits.
/// </summary>
internal sealed class ReliableProvisionals
{
    private readonly Queue<Waiting> _waiting = new();
    private StoredOctets _sent;

    /// <param name="first">The first RSeq; RFC 3262 §3 wants it between 1 and 2^31 − 1.</param>
    public ReliableProvisionals(uint first) => Sequence = first - 1;

    /// <summary>A response of the callee that may not go on yet.</summary>
    public readonly record struct Waiting(Leg From, StoredOctets Octets, Flow Flow);

    /// <summary>The RSeq of the last one.</summary>
    public uint Sequence { get; private set; }

    /// <summary>The last one has no PRACK yet.</summary>
    public bool IsPending => !_sent.IsEmpty;

    public int Status { get; private set; }

    /// <summary>It holds SDP: then a 2xx has to wait for its PRACK (RFC 3262 §3).</summary>
    public bool HasDescription { get; private set; }

    /// <summary>The callee's dialog whose PRACK the caller's has to bring; null where the callee's response needs none.</summary>
    public Leg? Crossing { get; private set; }

    /// <summary>The RSeq that the callee's response had.</summary>
    public uint CrossingNumber { get; private set; }

    /// <summary>When to send it again, and when to give it up; milliseconds of the lane's clock.</summary>
    public long Due { get; private set; }
    public long Deadline { get; private set; }
    private int _interval;

    public ReadOnlySpan<byte> Octets => _sent.Span;

    /// <summary>The RSeq that the next one has to bear.</summary>
    public uint NextSequence => Sequence + 1;

    public void Sent(OctetStore octets, ReadOnlySpan<byte> message, int status, bool hasDescription, in (Leg? Leg, uint Number) crossing, long now, in (int T1, int Timeout) times)
    {
        octets.Drop(ref _sent);
        _sent = octets.Keep(message);
        Sequence++;
        (Status, HasDescription) = (status, hasDescription);
        (Crossing, CrossingNumber) = crossing;
        _interval = times.T1;
        Due = now + _interval;
        Deadline = now + times.Timeout;
    }

    /// <summary>Timer doubling without a cap (RFC 3262 §3).</summary>
    public void SentAgain(long now)
    {
        _interval *= 2;
        Due = Math.Min(now + _interval, Deadline);
    }

    /// <summary>Takes a PRACK; false if it acknowledges none that is pending.</summary>
    public bool TryAcknowledge(OctetStore octets, in RAck rack, uint inviteSequence)
    {
        if (!IsPending || rack != new RAck(Sequence, inviteSequence, SipMethod.Invite))
        {
            return false;
        }

        octets.Drop(ref _sent);
        return true;
    }

    public void Wait(Leg from, StoredOctets octets, in Flow flow) => _waiting.Enqueue(new Waiting(from, octets, flow));

    public int WaitingCount => _waiting.Count;

    public bool TryNext(out Waiting waiting) => _waiting.TryDequeue(out waiting);

    public void Drop(OctetStore octets)
    {
        octets.Drop(ref _sent);
        while (_waiting.TryDequeue(out var waiting))
        {
            var kept = waiting.Octets;
            octets.Drop(ref kept);
        }
    }
}
