using System.Text;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>What a scanner sends first.</summary>
internal static class Scanner
{
    /// <summary>A REGISTER that bears the mark of one.</summary>
    public static byte[] Register(string from) => Encoding.ASCII.GetBytes($"""
        REGISTER sip:example.com SIP/2.0
        Via: SIP/2.0/UDP {from};branch=z9hG4bK{Guid.NewGuid():N};rport
        Max-Forwards: 70
        From: <sip:100@example.com>;tag=1
        To: <sip:100@example.com>
        Call-ID: {Guid.NewGuid():N}
        CSeq: 1 REGISTER
        Contact: <sip:100@{from}>
        User-Agent: friendly-scanner
        Content-Length: 0


        """.ReplaceLineEndings("\r\n"));
}
