namespace SipAlg.Interop.Tests.Sipp;

/// <summary>A body and its type.</summary>
internal record Body(string Type, string Text);

/// <summary>A telephone's session description: one audio stream, and what a test adds.</summary>
internal sealed record Description(int Port = 6000)
{
    public int Version { get; init; } = 1;

    /// <summary>An address of IPv4, or SIPp's own.</summary>
    public string Address { get; init; } = "[media_ip]";

    public string Direction { get; init; } = "sendrecv";

    public string Payloads { get; init; } = "8 101";

    /// <summary>Whole lines behind the audio stream, each ended.</summary>
    public string More { get; init; } = "";

    public string Text => $"""
        v=0
        o=phone {Port} {Version} IN IP[media_ip_type] [media_ip]
        s=-
        c=IN IP[media_ip_type] {Address}
        t=0 0
        m=audio {Port} RTP/AVP {Payloads}
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a={Direction}
        {More}
        """;

    public static implicit operator Body(Description description) => new("application/sdp", description.Text.TrimEnd('\n') + "\n");
}
