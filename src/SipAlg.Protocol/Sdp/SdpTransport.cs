using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>The transport of an m= line (IANA "proto"); those up to <see cref="OtherUdp"/> run over UDP and can be relayed.</summary>
public enum SdpTransport : byte
{
    RtpAvp,
    RtpAvpf,
    RtpSavp,
    RtpSavpf,
    UdpTlsRtpSavp,
    UdpTlsRtpSavpf,
    Udptl,
    UdpTlsUdptl,
    UdpDtlsSctp,
    UdpBfcp,
    UdpTlsBfcp,
    Udp,
    OtherUdp,
    Msrp,
    Tcp,
    Other,
}

public static class SdpTransports
{
    public static bool IsUdp(this SdpTransport transport) => transport <= SdpTransport.OtherUdp;

    /// <summary>RTP of any profile, encrypted or not; other protocols have packets of other shapes.</summary>
    public static bool IsRtp(this SdpTransport transport) => transport <= SdpTransport.UdpTlsRtpSavpf;

    /// <summary>RTP that the gateway can read and make itself: neither SRTP (RFC 3711) nor DTLS-SRTP (RFC 5764).</summary>
    public static bool IsPlainRtp(this SdpTransport transport) => transport <= SdpTransport.RtpAvpf;

    /// <summary>RTP whose keys, if it has any, stand in SDP (RFC 4568): SAVP and SAVPF, and AVP and AVPF with and without (RFC 8643).</summary>
    public static bool MayHaveKeys(this SdpTransport transport) => transport <= SdpTransport.RtpSavpf;

    /// <summary>The profile wants SRTP.</summary>
    public static bool IsSavp(this SdpTransport transport) => transport is SdpTransport.RtpSavp or SdpTransport.RtpSavpf;

    /// <summary>The same profile for plain RTP.</summary>
    public static SdpTransport WithoutKeys(this SdpTransport transport) => transport switch
    {
        SdpTransport.RtpSavp => SdpTransport.RtpAvp,
        SdpTransport.RtpSavpf => SdpTransport.RtpAvpf,
        _ => transport,
    };

    /// <summary>Packets come as long as it is in use: RTP and UDPTL. Other protocols are quiet while there is nothing to say.</summary>
    public static bool IsSteady(this SdpTransport transport) => transport <= SdpTransport.UdpTlsUdptl;

    /// <summary>Its keys come from DTLS in the same stream (RFC 5764, 7345, 8841).</summary>
    public static bool HasDtls(this SdpTransport transport) => transport is SdpTransport.UdpTlsRtpSavp or SdpTransport.UdpTlsRtpSavpf or
        SdpTransport.UdpTlsUdptl or SdpTransport.UdpDtlsSctp or SdpTransport.UdpTlsBfcp;

    /// <summary>Reads the proto field; letters in any case, since phones write "udptl" and "UDPTL".</summary>
    public static SdpTransport Read(ReadOnlySpan<byte> proto) => proto.Length switch
    {
        7 when Is(proto, "RTP/AVP"u8) => SdpTransport.RtpAvp,
        8 when Is(proto, "RTP/SAVP"u8) => SdpTransport.RtpSavp,
        8 when Is(proto, "RTP/AVPF"u8) => SdpTransport.RtpAvpf,
        9 when Is(proto, "RTP/SAVPF"u8) => SdpTransport.RtpSavpf,
        17 when Is(proto, "UDP/TLS/RTP/SAVPF"u8) => SdpTransport.UdpTlsRtpSavpf,
        16 when Is(proto, "UDP/TLS/RTP/SAVP"u8) => SdpTransport.UdpTlsRtpSavp,
        5 when Is(proto, "udptl"u8) => SdpTransport.Udptl,
        13 when Is(proto, "UDP/TLS/UDPTL"u8) => SdpTransport.UdpTlsUdptl,
        13 when Is(proto, "UDP/DTLS/SCTP"u8) => SdpTransport.UdpDtlsSctp,
        // What browsers wrote before RFC 8841 named the transport below.
        9 when Is(proto, "DTLS/SCTP"u8) => SdpTransport.UdpDtlsSctp,
        8 when Is(proto, "UDP/BFCP"u8) => SdpTransport.UdpBfcp,
        12 when Is(proto, "UDP/TLS/BFCP"u8) => SdpTransport.UdpTlsBfcp,
        3 when Is(proto, "udp"u8) => SdpTransport.Udp,
        _ => ReadFamily(proto),
    };

    private static SdpTransport ReadFamily(ReadOnlySpan<byte> proto)
    {
        if (proto.Length >= 3 && Is(proto[..3], "udp"u8))
        {
            return SdpTransport.OtherUdp;
        }

        if (proto.Length >= 4 && Is(proto[^4..], "MSRP"u8))
        {
            return SdpTransport.Msrp;
        }

        return proto.Length >= 3 && Is(proto[..3], "TCP"u8) ? SdpTransport.Tcp : SdpTransport.Other;
    }

    private static bool Is(ReadOnlySpan<byte> proto, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(proto, name);
}
