using SipAlg.Calls.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Messages;

/// <summary>
/// RFC 3261 §18.1.1: a request within 200 octets of the path's MTU, or over 1300 where that is unknown, goes over TCP. Many peers
/// have no TCP, so that by default it is tried only where the URI leaves it open, with UDP behind it.
/// </summary>
internal static class LargeRequests
{
    private const int Threshold = 1300;

    public static void Send(CallLane lane, TransactionId transaction, in Flow flow, Span<byte> octets, Model.LargeRequests policy, bool fixesTransport)
    {
        var isTried = policy == Model.LargeRequests.Tcp || (policy == Model.LargeRequests.Auto && !fixesTransport && !lane.Transactions.HasRefusedStreams(flow.Remote));
        if (octets.Length <= Threshold || flow.IsReliable || !isTried ||
            !lane.Lane.Network.TryFlow(lane.Lane.Group(flow.Listener), Transport.Tcp, flow.Remote, out var stream))
        {
            lane.Transactions.Send(transaction, flow, octets);
            return;
        }

        TransactionLayer.ChangeVia(octets, Transport.Tcp);
        lane.Transactions.Send(transaction, stream, octets, canFallBack: policy == Model.LargeRequests.Auto);
    }
}
