using System.Diagnostics.CodeAnalysis;
using SipAlg.Calls.Calls;
using SipAlg.Media;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>One m= line between two dialogs: what was offered, and where it was agreed to go.</summary>
internal struct MediaStream
{
    public bool IsOffered;
    public bool IsMuxOffered;

    /// <summary>The side that offered can only multiplex (RFC 8858).</summary>
    public bool IsMuxDemanded;

    /// <summary>The offer has rtcp-mux for the side that answers alone.</summary>
    public bool IsMuxAdded;
    private bool _isCallerMuxAlone;
    private bool _isCalleeMuxAlone;
    public StreamKind Kind;

    /// <summary>Part of the session that both sides agreed on.</summary>
    public bool IsAccepted;

    /// <summary>As long as it flows, packets come: RTP and fax. Of any other protocol silence says nothing.</summary>
    public bool IsSteady;

    /// <summary>How it has flowed since it was agreed on.</summary>
    public FlowTime Flow;

    /// <summary>Of the payload types in the offer: what comes from the side that answers.</summary>
    public PayloadClocks? OfferedClocks;

    /// <summary>What the side that offered does with it, until it is answered.</summary>
    public SdpDirection OfferedDirection;

    /// <summary>Where the side that offered wants the stream, until it is answered.</summary>
    public MediaTarget Offered;
    private MediaTarget _callerTarget;
    private MediaTarget _calleeTarget;
    private SdpDirection _callerDirection;
    private SdpDirection _calleeDirection;

    /// <summary>The caller's side becomes the callee's.</summary>
    public void Turn()
    {
        (_callerTarget, _calleeTarget) = (_calleeTarget, _callerTarget);
        (_callerDirection, _calleeDirection) = (_calleeDirection, _callerDirection);
        Flow = default;
        (_isCallerMuxAlone, _isCalleeMuxAlone) = (_isCalleeMuxAlone, _isCallerMuxAlone);
    }

    /// <summary>The side multiplexes RTP and RTCP, and the other does not.</summary>
    [UnscopedRef]
    public ref bool IsMuxAlone(int side) => ref side == 0 ? ref _isCallerMuxAlone : ref _isCalleeMuxAlone;

    /// <summary>What a side does with it, by its own description.</summary>
    [UnscopedRef]
    public ref SdpDirection Direction(int side) => ref side == 0 ? ref _callerDirection : ref _calleeDirection;

    /// <summary>Whether a side is to send, and the other to receive (RFC 3264 §6.1).</summary>
    public readonly bool Flows(int from) => from == 0
        ? (_callerDirection & SdpDirection.SendOnly) != 0 && (_calleeDirection & SdpDirection.RecvOnly) != 0
        : (_calleeDirection & SdpDirection.SendOnly) != 0 && (_callerDirection & SdpDirection.RecvOnly) != 0;

    [UnscopedRef]
    public ref MediaTarget Target(int side) => ref side == 0 ? ref _callerTarget : ref _calleeTarget;
}
