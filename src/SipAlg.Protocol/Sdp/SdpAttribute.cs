using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>What an a= line means to the gateway; most lines mean nothing to it and cross as they are.</summary>
internal enum SdpAttribute : byte
{
    /// <summary>The line is no attribute.</summary>
    None,
    Other,
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
    Rtcp,
    RtcpMux,
    RtcpMuxOnly,
    Rtpmap,
    Fmtp,
    Ptime,
    MaxPtime,
    Mid,
    Fingerprint,

    /// <summary>A key (RFC 4568).</summary>
    Crypto,

    /// <summary>Names a transport address of its writer's network, so it never crosses; <see cref="SdpRewriter"/> says why, name by name.</summary>
    Revealing,
}

internal static class SdpAttributes
{
    /// <summary>
    /// Classifies an attribute. Names are case-sensitive (RFC 8866 §5.13), but a lenient reader on the far side may take
    /// "Candidate" for "candidate", so that case is ignored here.
    /// </summary>
    /// <param name="name">The name: what stands before a colon.</param>
    /// <param name="value">What stands behind the colon; for attributes that hold other attributes.</param>
    public static SdpAttribute Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => name.Length switch
    {
        3 => ReadThree(name),
        4 => ReadFour(name, value),
        5 when Is(name, "ptime"u8) => SdpAttribute.Ptime,
        6 when Is(name, "rtpmap"u8) => SdpAttribute.Rtpmap,
        6 when Is(name, "crypto"u8) => SdpAttribute.Crypto,
        6 when Is(name, "X-cpar"u8) => ReadInner(value),
        7 when Is(name, "cparmin"u8) || Is(name, "cparmax"u8) => ReadInner(value),
        8 => ReadEight(name),
        11 when Is(name, "fingerprint"u8) => SdpAttribute.Fingerprint,
        13 when Is(name, "rtcp-mux-only"u8) => SdpAttribute.RtcpMuxOnly,
        _ => IsRevealing(name) ? SdpAttribute.Revealing : SdpAttribute.Other,
    };

    private static SdpAttribute ReadThree(ReadOnlySpan<byte> name) =>
        Is(name, "mid"u8) ? SdpAttribute.Mid :
        Is(name, "alt"u8) ? SdpAttribute.Revealing : SdpAttribute.Other;

    private static SdpAttribute ReadFour(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Is(name, "fmtp"u8) ? SdpAttribute.Fmtp :
        Is(name, "rtcp"u8) ? SdpAttribute.Rtcp :
        Is(name, "cpar"u8) || Is(name, "acap"u8) ? ReadInner(value) :
        Is(name, "ssrc"u8) ? ReadSource(value) :
        Is(name, "altc"u8) || Is(name, "ccap"u8) || Is(name, "path"u8) ? SdpAttribute.Revealing : SdpAttribute.Other;

    private static SdpAttribute ReadEight(ReadOnlySpan<byte> name) =>
        Is(name, "sendrecv"u8) ? SdpAttribute.SendRecv :
        Is(name, "sendonly"u8) ? SdpAttribute.SendOnly :
        Is(name, "recvonly"u8) ? SdpAttribute.RecvOnly :
        Is(name, "inactive"u8) ? SdpAttribute.Inactive :
        Is(name, "rtcp-mux"u8) ? SdpAttribute.RtcpMux :
        Is(name, "maxptime"u8) ? SdpAttribute.MaxPtime :
        IsRevealing(name) ? SdpAttribute.Revealing : SdpAttribute.Other;

    private static bool IsRevealing(ReadOnlySpan<byte> name) => name.Length switch
    {
        9 when Is(name, "candidate"u8) => true,
        7 when Is(name, "control"u8) => true,
        13 when Is(name, "source-filter"u8) || Is(name, "visited-realm"u8) => true,
        14 when Is(name, "multicast-rtcp"u8) => true,
        15 when Is(name, "secondary-realm"u8) || Is(name, "portmapping-req"u8) => true,
        17 when Is(name, "end-of-candidates"u8) || Is(name, "remote-candidates"u8) => true,
        _ => Starts(name, "ice-"u8) || Starts(name, "x-candidate"u8),
    };

    /// <summary>"1 candidate:…" of a=acap (RFC 5939 §3.4.1), "a=candidate:…" of a=cpar (RFC 3407 §3.3): as revealing as what they hold.</summary>
    private static SdpAttribute ReadInner(ReadOnlySpan<byte> value)
    {
        var inner = value.TrimStart("0123456789 \t"u8);
        if (inner.StartsWith("a="u8))
        {
            inner = inner[2..].TrimStart(" \t"u8);
        }

        var colon = inner.IndexOf((byte)':');
        var name = colon < 0 ? inner : inner[..colon];
        return IsRevealing(name) || ReadFour(name, default) is SdpAttribute.Rtcp or SdpAttribute.Revealing
            ? SdpAttribute.Revealing
            : SdpAttribute.Other;
    }

    /// <summary>"1 cname:alice@host" (RFC 5576 §6.1): the old form of the name (RFC 3550 §6.5.1) tells the host, that of RFC 7022 is random.</summary>
    private static SdpAttribute ReadSource(ReadOnlySpan<byte> value)
    {
        var source = value.TrimStart("0123456789 \t"u8);
        return Starts(source, "cname:"u8) && source.Contains((byte)'@') ? SdpAttribute.Revealing : SdpAttribute.Other;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);

    private static bool Starts(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) =>
        name.Length >= known.Length && Is(name[..known.Length], known);
}
