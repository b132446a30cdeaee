using SipAlg.Media.Sharing;

namespace SipAlg.Media.Ports;

/// <summary>How a pair of ports receives and sends: by two sockets of its own, or by one that it shares with many.</summary>
internal readonly unsafe struct PortSockets
{
    public PortSockets(int rtp, int rtcp) => (Rtp, Rtcp) = (rtp, rtcp);

    public PortSockets(SharedSocket* shared)
    {
        (Rtp, Rtcp) = (-1, -1);
        Shared = shared;
    }

    /// <summary>Descriptors; −1 where they share.</summary>
    public int Rtp { get; }
    public int Rtcp { get; }

    public SharedSocket* Shared { get; }
}
