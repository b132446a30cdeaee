using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Media.Packets;
using SipAlg.Media.Sources;

namespace SipAlg.Media.Relaying;

/// <summary>One media port: that of RTP or of RTCP. Written by the relay thread only, once its pair was handed over.</summary>
[StructLayout(LayoutKind.Sequential, Size = 6 * CacheLine.Octets)]
internal struct Slot
{
    /// <summary>Ends with what each packet that arrives asks for, in one cache line with what follows.</summary>
    public SourceLatch Latch;
    public long LastAccepted;
    public PortRole Role;
    public bool HasAccepted;

    /// <summary>The system stamps its packets.</summary>
    public bool IsStamped;

    /// <summary>It has no target, since packets would come back from the one that it should have.</summary>
    public bool LeadsBack;
    private readonly int _toNextLine;

    /// <summary>Where packets leave to: the settled source or the SDP's endpoint; none: nothing is sent. With what follows in one cache line.</summary>
    public SockAddr Target;

    /// <summary>Its socket; −1 where it shares one.</summary>
    public int Descriptor;

    /// <summary>Begins with what of it is counted often.</summary>
    public SlotTotals Totals;

    /// <summary>Sources that were refused.</summary>
    public ToldSources Told;
    public long FirstAccepted;

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
