using System.Text;

namespace SipAlg.Fuzz.Targets;

/// <summary>What SIP is made of, for those who damage it.</summary>
internal static class SipWords
{
    public static byte[][] All { get; } =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\r\n\r\n", "\r\n ", "\0", "\"", "\\", "<", ">", ",", ";", ":", "=", "@", "%", "%0", "%00", "?", "&", "[", "]", "/", " ", "\t", "ä", "\u00FF", "<sip:", ">;",
            "SIP/2.0", "sip:", "sips:", "tel:", "urn:service:sos", ";branch=", ";tag=", ";rport", ";received=", ";lr", ";maddr=", ";transport=tcp", ";expires=0", ";q=0.5", ";ob", ";reg-id=1", ";gr", ";user=phone", "z9hG4bK",
            "INVITE", "CANCEL", "ACK", "BYE", "REGISTER", "OPTIONS", "PRACK", "UPDATE", "REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "INFO", "PUBLISH",
            "Via: ", "v:", "l: ", "Content-Length: ", "Content-Type: application/sdp\r\n", "CSeq: 1 INVITE", "Max-Forwards: ", "Contact: ", "Contact: *\r\n", "Expires: 0\r\n", "Require: ", "100rel", "timer", "replaces",
            "Route: ", "Record-Route: ", "Supported: ", "RAck: ", "RSeq: ", "Refer-To: ", "Replaces: ", "Authorization: Digest ", "username=\"", "nc=00000001", "qop=auth", "Session-Expires: ", "Min-SE: ", "Event: ", "Subscription-State: ",
            "P-Asserted-Identity: ", "Privacy: id\r\n", "Diversion: ", "History-Info: ", "[::1]", "[", "192.0.2.1", "255.255.255.256", ":5060", ":0", ":65536", "*",
        }.Select(Encoding.UTF8.GetBytes),
        [0x80], [0xC3, 0x28], [0xFF, 0xFF],
    ];
}
