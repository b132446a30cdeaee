using SipAlg.Calls.Media;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Tests.Media;

public sealed class MediaStreamTests
{
    /// <summary>RFC 3264 §6.1: who sends to somebody who does not receive is not to send.</summary>
    [Theory]
    [InlineData(SdpDirection.SendRecv, SdpDirection.SendRecv, true, true)]
    [InlineData(SdpDirection.SendOnly, SdpDirection.RecvOnly, true, false)]
    [InlineData(SdpDirection.RecvOnly, SdpDirection.SendOnly, false, true)]
    [InlineData(SdpDirection.SendOnly, SdpDirection.SendRecv, true, false)]
    [InlineData(SdpDirection.SendOnly, SdpDirection.SendOnly, false, false)]
    [InlineData(SdpDirection.Inactive, SdpDirection.SendRecv, false, false)]
    public void A_side_is_to_send_if_it_says_so_and_the_other_receives(SdpDirection caller, SdpDirection callee, bool fromCaller, bool fromCallee)
    {
        MediaStream stream = default;
        (stream.Direction(0), stream.Direction(1)) = (caller, callee);
        Assert.Equal((fromCaller, fromCallee), (stream.Flows(0), stream.Flows(1)));
        stream.Turn();
        Assert.Equal((fromCallee, fromCaller), (stream.Flows(0), stream.Flows(1)));
    }
}
