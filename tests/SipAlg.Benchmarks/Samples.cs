using System.Text;

namespace SipAlg.Benchmarks;

/// <summary>Messages of usual size and shape.</summary>
internal static class Samples
{
    private const string Sdp = """
        v=0
        o=- 3853671 3853672 IN IP4 198.51.100.23
        s=-
        c=IN IP4 198.51.100.23
        t=0 0
        m=audio 16384 RTP/AVP 8 0 101
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=sendrecv

        """;

    private const string InviteHead = """
        INVITE sip:+4930123456@198.51.100.1:5060;user=phone SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.23:5060;rport;branch=z9hG4bKPjdf5b2c8f1e2a4d7e9f60
        Max-Forwards: 70
        From: "Alice Example" <sip:alice@pbx.example.com>;tag=8f2b6c1d9e3a4f50
        To: <sip:+4930123456@pbx.example.com;user=phone>
        Call-ID: 7c1e5f0a2b8d4936@198.51.100.23
        CSeq: 21474 INVITE
        Contact: <sip:alice@198.51.100.23:5060;ob>
        Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, REFER, PRACK
        Supported: replaces, 100rel, timer, norefersub
        Session-Expires: 1800
        Min-SE: 90
        P-Asserted-Identity: <sip:+4940654321@pbx.example.com>
        User-Agent: Example Phone 4.2.1
        Accept: application/sdp, application/dtmf-relay, message/sipfrag
        X-Correlation: 6f1d2c3b-4a59-4e68-9f7a-0b1c2d3e4f50
        Content-Type: application/sdp
        Content-Length:
        """;

    /// <summary>An INVITE of one kilobyte.</summary>
    public static byte[] Invite { get; } = Build();

    public static byte[] Description { get; } = Encoding.ASCII.GetBytes(Sdp.ReplaceLineEndings("\r\n"));

    private static byte[] Build()
    {
        var body = Sdp.ReplaceLineEndings("\r\n");
        var message = Encoding.ASCII.GetBytes($"{InviteHead.ReplaceLineEndings("\r\n")} {body.Length}\r\n\r\n{body}");
        return message.Length is > 950 and < 1100 ? message : throw new InvalidOperationException($"The INVITE has {message.Length} octets.");
    }
}
