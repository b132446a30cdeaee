using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sdp;

/// <summary>One media description: an m= line and what belongs to it (RFC 8866 §5.14).</summary>
public struct SdpMedia
{
    public SdpSlice Type { get; internal set; }
    public bool IsAudio { get; internal set; }

    /// <summary>0 for a stream that is refused (RFC 3264 §6) or carried by another one (a=bundle-only, RFC 9143 §6).</summary>
    public ushort Port { get; internal set; }

    /// <summary>The n of "port/n", 1 without it.</summary>
    public int PortCount { get; internal set; }

    public SdpSlice Protocol { get; internal set; }
    public SdpTransport Transport { get; internal set; }

    /// <summary>All formats with the blanks between them; <see cref="SdpDescription.Formats"/> parts them.</summary>
    public SdpSlice Formats { get; internal set; }

    /// <summary>The stream's own c= line, else the session's.</summary>
    public SdpConnection Connection { get; internal set; }
    public bool HasOwnConnection { get; internal set; }

    /// <summary>The stream's own direction, else the session's, else sendrecv.</summary>
    public SdpDirection Direction { get; internal set; }

    /// <summary>Port of a=rtcp (RFC 3605), 0 without one: then it is <see cref="Port"/> + 1, or the same with rtcp-mux.</summary>
    public ushort RtcpPort { get; internal set; }

    /// <summary>Address of a=rtcp, none if it gives none: then it is that of <see cref="Connection"/>.</summary>
    public IpAddress RtcpAddress { get; internal set; }
    public bool HasRtcpMux { get; internal set; }

    /// <summary>The stream's own a=fingerprint (RFC 8122), or the session's: DTLS may come, whatever the transport is called.</summary>
    public bool HasFingerprint { get; internal set; }

    /// <summary>Its keys end at who reads this: to all that look at its packets it is plain RTP, and <see cref="Transport"/> says so.</summary>
    public bool IsOpened { get; internal set; }

    /// <summary>Its writer can do nothing else (RFC 8858).</summary>
    public bool HasRtcpMuxOnly { get; internal set; }

    /// <summary>Milliseconds of media in a packet, without fractions; 0 when not said.</summary>
    public int Ptime { get; internal set; }

    /// <summary>It says rtcp-mux-only without the rtcp-mux that belongs to it (RFC 8858 §4.1).</summary>
    internal bool LacksRtcpMux { get; set; }

    internal int FirstLine { get; set; }
    internal int LineCount { get; set; }

    public readonly bool IsUdp => Transport.IsUdp();
    public readonly bool HasHoldAddress => Connection.IsHold;
}
