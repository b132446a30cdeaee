using SipAlg.Fuzz.Engine;

namespace SipAlg.Fuzz.Targets;

/// <summary>Writes messages by the grammar of RFC 3261 §25, with what is rare in it as often as what is usual.</summary>
internal sealed class SipGrammar(FuzzInput to, Dice dice)
{
    private static readonly string[] Methods = ["INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "PRACK", "UPDATE", "INFO", "REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH", "FOO", "invite", "!x"];
    private static readonly string[] Hosts = ["a.example", "192.0.2.7", "[2001:db8::1]", "[::ffff:192.0.2.1]", "localhost", "x-y.example.", "1.2.3", "A.EXAMPLE"];
    private static readonly string[] Users = ["", "alice@", "+49%2030@", "a;b=c@", "bob:pw@", "%61%00@", "&=+$,;?/@", "0123456789;phone-context=+1@", "é@"];
    private static readonly string[] Names = ["", "\"A\" ", "\"a \\\" b\" ", "Alice B ", "\"\" ", "\"ä\" ", "%A ", "\"<sip:x@y>\" "];
    private static readonly string[] UriParameters = [";lr", ";transport=tcp", ";transport=UDP", ";maddr=192.0.2.1", ";user=phone", ";ttl=1", ";gr=x", ";x=\"y\"", ";ob", ";method=INVITE", ";p"];
    private static readonly string[] Parameters = [";tag=x", ";tag=1.2-3", ";expires=3600", ";q=0.7", ";x=\"a;b,c\"", ";reg-id=1", ";+sip.instance=\"<urn:uuid:0>\"", ";y", ";z=[::1]"];
    private static readonly string[] Ends = ["\r\n", "\r\n", "\r\n", "\r\n", "\n", " \r\n", "\r\n\t \r\n"];
    private static readonly string[] Colons = [": ", ":", " : ", ":\r\n ", ":\t"];
    private static readonly string[] Others =
    [
        "Max-Forwards: 70", "Max-Forwards: 0", "Expires: 60", "Supported: 100rel, timer", "k: replaces", "Require: 100rel", "Proxy-Require: foo", "Allow: INVITE, ACK,BYE ,\r\n CANCEL", "Content-Type: application/sdp",
        "c: multipart/mixed;boundary=b", "Subject: a\r\n  b", "s:", "RSeq: 988789", "RAck: 776656 1 INVITE", "Session-Expires: 1800;refresher=uac", "x: 90", "Min-SE: 90", "Event: dialog;id=7", "o: refer", "Subscription-State: active;expires=9",
        "Refer-To: <sip:c@d?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>", "Replaces: a@b;to-tag=1;from-tag=2;early-only", "Privacy: id;header", "P-Asserted-Identity: \"A\" <sip:+49@x>, <tel:+49>", "Reason: Q.850;cause=16;text=\"x\"",
        "Authorization: Digest username=\"a\",realm=\"r\",nonce=\"n\",uri=\"sip:r\",response=\"00000000000000000000000000000000\",qop=auth,nc=00000001,cnonce=\"c\"", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=\"auth,auth-int\"",
        "Retry-After: 5 (in a moment);duration=60", "Warning: 399 a \"x\"", "History-Info: <sip:a@b?Reason=SIP%3Bcause%3D302>;index=1.1", "Diversion: <sip:a@b>;reason=no-answer;counter=1", "User-Agent: x/1 (y (z))", "Date: Sat, 13 Nov 2010 23:29:00 GMT",
    ];

    public void Write()
    {
        to.Set(default);
        var method = dice.Of<string>(Methods);
        if (dice.OneIn(3))
        {
            to.Append("SIP/2.0 ");
            to.Append(dice.Between(dice.OneIn(9) ? 0 : 100, 700));
            to.Append(dice.OneIn(6) ? "" : " Of it");
        }
        else
        {
            to.Append(method);
            to.Append(" ");
            Uri();
            to.Append(" SIP/2.0");
        }

        End();
        for (var left = dice.Between(1, 3); left > 0; left--)
        {
            Via();
        }

        Address(dice.OneIn(3) ? "f" : "From");
        Address(dice.OneIn(3) ? "t" : "To");
        Field(dice.OneIn(3) ? "i" : "Call-ID", dice.OneIn(2) ? "a84b4c76e66710@pc33" : "x");
        Field("CSeq", "");
        to.Append(dice.OneIn(4) ? (long)(uint)dice.Next() : dice.Below(1000));
        to.Append(" ");
        to.Append(dice.OneIn(12) ? dice.Of<string>(Methods) : method);
        End();
        for (var left = dice.Below(dice.OneIn(30) ? 220 : 9); left > 0; left--)
        {
            Other();
        }

        Body();
    }

    private void Other()
    {
        if (dice.OneIn(3))
        {
            Address(dice.Of<string>(["Contact", "m", "Route", "Record-Route", "Refer-To", "r", "P-Asserted-Identity", "Reply-To", "Path", "Service-Route", "X-Other"]));
            return;
        }

        var field = dice.Of<string>(Others);
        to.Append(System.Text.Encoding.UTF8.GetBytes(field));
        End();
    }

    private void Body()
    {
        var length = dice.OneIn(2) ? 0 : dice.Below(200);
        if (!dice.OneIn(8))
        {
            Field(dice.OneIn(3) ? "l" : "Content-Length", "");
            to.Append(dice.OneIn(12) ? length + dice.Between(-3, 3) : length);
            to.Append("\r\n");
        }

        to.Append("\r\n");
        for (; length > 0; length--)
        {
            to.Append((byte)dice.Between(10, 126));
        }
    }

    private void Via()
    {
        Field(dice.OneIn(3) ? "v" : "Via", dice.OneIn(9) ? "SIP / 2.0 / TLS " : "SIP/2.0/UDP ");
        to.Append(dice.Of<string>(Hosts));
        to.Append(dice.OneIn(2) ? "" : " : 5060");
        to.Append(dice.OneIn(5) ? ";branch=x" : ";branch=z9hG4bK776");
        to.Append(dice.OneIn(3) ? ";rport" : dice.OneIn(3) ? ";rport=0;received=192.0.2.1" : "");
        to.Append(dice.OneIn(12) ? ", SIP/2.0/TCP b;branch=z9hG4bKy" : "");
        End();
    }

    private void Address(string name)
    {
        Field(name, "");
        for (var left = dice.OneIn(8) ? dice.Between(2, 12) : 1; left > 0; left--)
        {
            to.Append(dice.Of<string>(Names));
            var isBare = dice.OneIn(6);
            to.Append(isBare ? "" : "<");
            Uri();
            to.Append(isBare ? "" : ">");
            Some(Parameters);
            to.Append(left > 1 ? dice.OneIn(2) ? "," : " ,\r\n " : "");
        }

        End();
    }

    private void Uri()
    {
        to.Append(dice.Of<string>(["sip:", "sip:", "sip:", "sips:", "tel:", "SIP:", "http://", "urn:service:"]));
        to.Append(dice.Of<string>(Users));
        to.Append(dice.Of<string>(Hosts));
        to.Append(dice.OneIn(3) ? ":" : "");
        to.Append(to.Octets[^1] == ':' ? dice.Below(70_000) : 1);
        Some(UriParameters);
        to.Append(dice.OneIn(9) ? "?Subject=a%20b&X=" : "");
    }

    private void Some(string[] of)
    {
        for (var left = dice.Below(dice.OneIn(20) ? 40 : 3); left > 0; left--)
        {
            to.Append(dice.Of<string>(of));
        }
    }

    private void Field(string name, string value)
    {
        to.Append(name);
        to.Append(dice.OneIn(4) ? dice.Of<string>(Colons) : ": ");
        to.Append(value);
    }

    private void End() => to.Append(dice.OneIn(5) ? dice.Of<string>(Ends) : "\r\n");
}
