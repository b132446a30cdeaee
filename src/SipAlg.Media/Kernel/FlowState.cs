using SipAlg.Media.Relaying;
using SipAlg.Media.Sharing;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Kernel;

/// <summary>What a pair of ports has in the kernel: the flow of what arrives on its port of RTP. The relay thread's alone.</summary>
internal unsafe struct FlowState
{
    public FlowKey Key;

    /// <summary>The address that the ports are bound to.</summary>
    public IpAddress Bound;

    /// <summary>What the program has relayed of the pair and was added to the realm's totals.</summary>
    public long PacketsIn;
    public long OctetsIn;
    public long PacketsOut;
    public long OctetsOut;

    /// <summary>Those of <see cref="FlowCell.WithoutRoom"/> that were told of.</summary>
    public uint WithoutRoom;

    /// <summary>What the last trial went by: with the same again, it comes to the same.</summary>
    public uint EntryGate;
    public uint ExitGate;
    public int Version;
    public bool IsTried;

    /// <summary>Its packets come by the thread's ring.</summary>
    public bool IsRinged;

    /// <summary>The flow is in the map.</summary>
    public bool IsInstalled;

    /// <summary>Its place among the thread's flows.</summary>
    public int Place;
    public FlowWay Way;

    /// <summary>Where its packets leave, while that is of this generation.</summary>
    public Pair* Partner;
    public uint PartnerGeneration;

    /// <summary>Of a ring's flow: what sends for the partner.</summary>
    public SharedSocket* Sender;
}

/// <summary>By which interfaces a flow's packets come and go, between which addresses of ours, and to which neighbour.</summary>
internal readonly record struct FlowWay(int Entry, int Exit, IpAddress Local, IpAddress From, IpAddress NextHop, int MostOctets);
