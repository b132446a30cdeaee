using SipAlg.Linux;
using SipAlg.Media.Packets;
using SipAlg.Media.Sources;

namespace SipAlg.Media.Relaying;

/// <summary>One media port: that of RTP or of RTCP. Written by the relay thread only, once its pair was handed over.</summary>
internal struct Slot
{
    /// <summary>Its socket; −1 where it shares one.</summary>
    public int Descriptor;

    /// <summary>Octets of <see cref="Target"/> that the system wants; 0: nothing is sent.</summary>
    public uint TargetLength;

    /// <summary>Where packets leave to: the settled source or the SDP's endpoint.</summary>
    public SockAddr Target;

    public PortRole Role;
    public SourceLatch Latch;

    /// <summary>Sources that were refused.</summary>
    public ToldSources Told;
    public SlotTotals Totals;
    public long FirstAccepted;
    public long LastAccepted;
    public bool HasAccepted;

    /// <summary>The system stamps its packets.</summary>
    public bool IsStamped;

    public void SendTo(in SockAddr target)
    {
        Target = target;
        TargetLength = target.IsNone ? 0 : target.Length;
    }

    public void Accepted(long now)
    {
        LastAccepted = now;
        if (!HasAccepted)
        {
            HasAccepted = true;
            FirstAccepted = now;
        }
    }
}
