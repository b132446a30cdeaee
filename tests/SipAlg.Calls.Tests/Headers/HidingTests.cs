using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>
/// Nothing of one side is seen on the other. The scene itself looks for each phone's <see cref="ScriptedPhone.Secret"/>, address,
/// Call-ID and tags in each message that goes to another realm; these tests put them everywhere.
/// </summary>
public sealed class HidingTests : CallTest
{
    /// <summary>A header field for each that the gateway understands; {0} is a host of the sender's side, {1} its address.</summary>
    private static readonly string[] Fields =
    [
        "P-Asserted-Identity: \"A\" <sip:+4930@{0};user=phone>, <tel:+4930>",
        "P-Preferred-Identity: <sip:+4930@{1}:5070>",
        "P-Called-Party-ID: <sip:bob@{0}>",
        "Remote-Party-ID: \"A\" <sip:+4930@{0}>;party=calling;privacy=off;screen=yes",
        "Diversion: <sip:+4931@{1}>;reason=user-busy;counter=1, <sip:x@{0}>",
        "History-Info: <sip:bob@{0}?Reason=SIP%3Bcause%3D302&Route=%3Csip%3A{0}%3E>;index=1, <sip:y@{1}>;index=1.1",
        "Refer-To: <sip:carol@{0};transport=tcp?Replaces=call%40{0}>",
        "Referred-By: <sip:alice@{0}>",
        "Reply-To: alice <sip:alice@{0};maddr={1}>",
        "In-Reply-To: call-{0}, call2@{1}",
        "Call-Info: <http://{0}/photo.jpg>;purpose=icon, <sip:info@{1}>;purpose=info",
        "Warning: 307 {0} \"Session parameter 'foo' not understood\", 399 {1}:5060 \"Misc\"",
        "Record-Route: <sip:proxy.{0};lr>, <sip:{1};lr>",
        "Via: SIP/2.0/UDP {0};branch=z9hG4bKx{0};received={1}",
        "Path: <sip:{0};lr>",
        "Service-Route: <sip:{0};lr>",
        "Authorization: Digest realm=\"{0}\"",
        "Proxy-Authorization: Digest realm=\"{0}\"",
    ];

    public static TheoryData<string> EachField() => [.. Fields];

    /// <summary>Each of them by its compact name, or folded.</summary>
    public static TheoryData<string> OtherForms() =>
    [
        "r: <sip:carol@{0}>", "b: <sip:alice@{0}>", "v: SIP/2.0/UDP {0};branch=z9hG4bKy{0}",
        "P-Asserted-Identity:\r\n \"A\r\n B\"\r\n <sip:+4930@{0}>", "Join: call-{0}", "Target-Dialog: call-{0};to-tag=a{0};from-tag=b{0}",
        "diversion: sip:x@{0};reason=unknown", "P-Asserted-Identity: sip:x@{0}", "Remote-Party-ID: <sip:[2001:db8::7]:5060>, <sips:x@{0}>",
        "History-Info: <sip:{0}>;index=1", "Call-Info: nonsense {0}", "Diversion: <sip:x@{0}>broken {0}", "Diversion: \"\\\"{{}}, <sip:x@{0}>", "Warning: {0}",
        "Refer-To: <urn:service:{0}>", "Refer-To: <sip:carol@{0}?From=sip%3Aa%40{0}&Contact=sip%3A{0}&P-Asserted-Identity=sip%3A{0}&body=c%3DIN%20IP4%20{1}>", "P-Asserted-Identity: <sip:a@{0}>,, ,<sip:b@{1}>",
    ];

    private static string Filled(string field, ScriptedPhone phone) => string.Format(System.Globalization.CultureInfo.InvariantCulture, field, phone.Host, phone.Flow.Remote.Address) + "\r\n";

    [Theory]
    [MemberData(nameof(EachField))]
    [MemberData(nameof(OtherForms))]
    public void In_every_message_of_a_call(string field)
    {
        var (fromAlice, fromBob) = (Filled(field, Alice), Filled(field, Bob));

        // A Via of a response is not the sender's to add.
        var inAnswers = field.StartsWith("Via", StringComparison.Ordinal) || field.StartsWith('v') ? "" : fromBob;
        var a = Alice.Call(headers: fromAlice);
        var b = Bob.ExpectCall();
        b.Answer(180, headers: inAnswers);
        a.Expect(180);
        b.Answer(183, Bob.Sdp(), headers: inAnswers);
        a.Expect(183);
        b.Answer(200, Bob.Sdp(), headers: inAnswers);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2), fromAlice);
        b.ExpectRequest("INVITE");
        b.Answer(488, headers: inAnswers);
        b.ExpectRequest("ACK");
        a.Expect(488);
        b.Invite(Bob.Sdp(version: 2), fromBob);
        a.ExpectRequest("INVITE");
        a.Accept();
        b.ExpectAnswered();
        b.Bye(fromBob);
        b.Expect(200);
        a.ExpectBye();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("P-Asserted-Identity: \"A, B\" <sip:+4930@{0};user=phone;maddr={1}>, <tel:+4930>", "P-Asserted-Identity: \"A, B\" <sip:+4930@127.92.0.20;user=phone>, <tel:+4930>")]
    [InlineData("Remote-Party-ID: sip:+4930@{0};party=calling;privacy=full", "Remote-Party-ID: <sip:+4930@127.92.0.20>;party=calling;privacy=full")]
    [InlineData("Diversion: <sip:+4931@{1}:5070>;reason=user-busy", "Diversion: <sip:+4931@127.92.0.20>;reason=user-busy")]
    [InlineData("History-Info: <sip:b@{0}?Reason=SIP%3Bcause%3D302&Route=x&Privacy=history>;index=1", "History-Info: <sip:b@127.92.0.20?Reason=SIP%3Bcause%3D302&Privacy=history>;index=1")]
    [InlineData("b: <sip:alice@{0}>", "Referred-By: <sip:alice@127.92.0.20>")]
    [InlineData("Warning: 399 {0} \"Misc\"", "Warning: 399 127.92.0.20 \"Misc\"")]
    [InlineData("P-Asserted-Identity: \"Anonymous\" <sip:anonymous@anonymous.invalid>", "P-Asserted-Identity: \"Anonymous\" <sip:anonymous@anonymous.invalid>")]
    [InlineData("Call-Info: <http://{0}/p.jpg>;purpose=icon, <sip:i@{0}>;purpose=info", "Call-Info: <sip:i@127.92.0.20>;purpose=info")]
    [InlineData("Privacy: id;header", "Privacy: id;header")]
    public void What_is_seen_instead(string sent, string seen)
    {
        Alice.Call(headers: Filled(sent, Alice));
        Assert.Contains($"\r\n{seen}\r\n", Bob.ExpectCall().Asked.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Anonymous\" <sip:anonymous@anonymous.invalid>", "\"Anonymous\" <sip:anonymous@anonymous.invalid>")]
    [InlineData("sip:alice@q7alicex.example", "<sip:alice@127.92.0.20>")]
    [InlineData("\"A \\\"quoted\\\" <x>; , \\\\\" <sip:alice@q7alicex.example:5070;transport=tcp;isub=1>", "\"A \\\"quoted\\\" <x>; , \\\\\" <sip:alice@127.92.0.20;isub=1>")]
    [InlineData("Ünïcode Näme <sip:%41lice;ext=5:secret@q7alicex.example>", "Ünïcode Näme <sip:%41lice;ext=5:secret@127.92.0.20>")]
    [InlineData("<tel:+49-30-123;isub=1>", "<tel:+49-30-123;isub=1>")]
    [InlineData("<sip:[2001:db8::1]:5060>", "<sip:127.92.0.20>")]
    [InlineData("<http://q7alicex.example/alice>", "<sip:anonymous@anonymous.invalid>")]
    [InlineData("\"folded\r\n name\" <sip:alice@q7alicex.example>", "\"folded\r\n name\" <sip:alice@127.92.0.20>")]
    public void From_keeps_name_and_number(string from, string seen)
    {
        var a = Alice.Dialog();
        a.SetFrom(from);
        a.Invite(Alice.Sdp());
        var b = Bob.ExpectCall();
        Assert.StartsWith(seen + ";tag=", b.Asked.Header(HeaderId.From));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void To_of_another_scheme_is_replaced()
    {
        var a = Alice.Dialog();
        a.SetTo("\"Bob\" <http://q7alicex.example/bob>");
        a.Invite(Alice.Sdp());
        Assert.Equal("\"Bob\" <sip:anonymous@anonymous.invalid>", Bob.ExpectCall().Asked.Header(HeaderId.To));
    }

    /// <summary>Alice names her dialog with bob; bob is told of his dialog with the gateway, and the other way round.</summary>
    [Theory]
    [InlineData("Replaces", "to-tag", "from-tag", true)]
    [InlineData("Join", "to-tag", "from-tag", false)]
    [InlineData("Target-Dialog", "local-tag", "remote-tag", true)]
    public void A_dialog_is_named_as_the_other_side_knows_it(string header, string first, string second, bool isOursFirst)
    {
        var a = Alice.Call(headers: "Supported: replaces\r\n");
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: "Supported: replaces\r\n");
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        var (x, y) = isOursFirst ? (a.RemoteTag, a.LocalTag) : (a.LocalTag, a.RemoteTag);
        var other = Alice.Call(headers: $"{header}: {a.CallId};{first}={x};{second}={y}\r\n");
        var invite = Bob.ExpectCall();
        var (seenFirst, seenSecond) = isOursFirst ? (b.LocalTag, b.RemoteTag) : (b.RemoteTag, b.LocalTag);
        Assert.Contains($"\r\n{header}: {b.CallId};{first}={seenFirst};{second}={seenSecond}\r\n", invite.Asked.Text, StringComparison.Ordinal);
        invite.Answer(486);
        Bob.ExpectRequest("ACK");
        other.Expect(486);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void Sdp_shows_nothing_of_the_other_side()
    {
        var host = Alice.Host;
        var body = $"v=0\r\no={host} 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 127.91.0.10\r\nt=0 0\r\na=ice-ufrag:{host}\r\na=ice-pwd:1\r\na=rtcp:9 IN IP4 127.91.0.10\r\n" +
            "m=audio 4000 RTP/AVP 8\r\nc=IN IP4 127.91.0.10\r\na=rtcp:4001 IN IP4 127.91.0.10\r\na=candidate:1 1 UDP 1 127.91.0.10 4000 typ host\r\n" +
            "a=remote-candidates:1 127.91.0.10 4000\r\na=end-of-candidates\r\na=source-filter: incl IN IP4 * 127.91.0.10\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n" +
            "a=fingerprint:sha-256 AA\r\na=setup:actpass\r\na=x-own:kept\r\n";
        var (a, b) = Answered(body);
        var seen = Encoding.UTF8.GetString(b.Asked.Parse().BodyOctets);
        foreach (var kept in new[] { "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", "a=fingerprint:sha-256 AA\r\n", "a=setup:actpass\r\n", "a=x-own:kept\r\n" })
        {
            Assert.Contains(kept, seen, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("candidate", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("ice-", seen, StringComparison.Ordinal);
        HangUp(a, b);
        Scene.End();
    }
}
