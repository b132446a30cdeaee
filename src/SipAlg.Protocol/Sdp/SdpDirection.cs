namespace SipAlg.Protocol.Sdp;

/// <summary>RFC 8866 §6.7 directions, as bits: 1 sends, 2 receives.</summary>
public enum SdpDirection : byte
{
    Inactive = 0,
    SendOnly = 1,
    RecvOnly = 2,
    SendRecv = 3,
}

public static class SdpDirections
{
    /// <summary>The direction that the far side sees: sendonly becomes recvonly and the reverse.</summary>
    public static SdpDirection Reverse(this SdpDirection direction) =>
        (SdpDirection)((((int)direction & 1) << 1) | ((int)direction >> 1));

    /// <summary>The most that an answer may say to <paramref name="offered"/> by RFC 3264 §6.1 and the answerer wants.</summary>
    public static SdpDirection Answer(SdpDirection offered, SdpDirection wanted) => offered.Reverse() & wanted;

    /// <summary>The attribute's name.</summary>
    public static ReadOnlySpan<byte> Name(SdpDirection direction) => direction switch
    {
        SdpDirection.SendOnly => "sendonly"u8,
        SdpDirection.RecvOnly => "recvonly"u8,
        SdpDirection.SendRecv => "sendrecv"u8,
        _ => "inactive"u8,
    };
}
