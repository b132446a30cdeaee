using SipAlg.Media.Ports;
using SipAlg.Media.Relaying;
using SipAlg.Media.Sharing;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media;

/// <content>How a pair of ports gets its sockets.</content>
public sealed unsafe partial class PortPool
{
    /// <summary>Null where each port has a socket.</summary>
    internal SharedPorts? Shared { get; }

    /// <summary>The pair of a port; null if the port never was one of this pool.</summary>
    internal Pair* Find(ushort port)
    {
        var number = port >> 1;
        var block = number % _lanes == _lane ? _blocks[number / _lanes / PairBlock.Pairs] : null;
        return block == null ? null : block.PairAt(number / _lanes % PairBlock.Pairs);
    }

    private PortTakeResult TryOpenSockets(IpEndpoint rtp, int place, out PortSockets sockets)
    {
        var shared = Shared == null ? null : Shared.TryFind(rtp.Address, _relay.ThreadAt(place));
        if (shared != null)
        {
            sockets = new PortSockets(shared);
            return Shared!.Check(rtp);
        }

        var result = MediaSocket.TryOpenPair(rtp, _relay.Options.SocketReceiveBuffer, _range.Dscp, out var own, out var ownRtcp);
        sockets = new PortSockets(own, ownRtcp);
        return result;
    }
}
