using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Subscriptions;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Bodies;

/// <summary>
/// What bodies of NOTIFY and PUBLISH name is written for their reader: dialogs (RFC 4235), addresses, accounts (RFC 3842). Bob is the PBX,
/// alice and anna are phones of one peer. The scene searches every message for what belongs to the other realm.
/// </summary>
public sealed class EventBodyTests : SubscriptionTest
{
    private const string Names = "call-id=\"{0}\" local-tag=\"{1}\" remote-tag=\"{2}\"";

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name == "alice" ? peer with { AcceptFrom = [.. peer.AcceptFrom, new IpNetwork(IpAddress.Parse("127.91.0.0"), 16)] } : peer with { LargeRequests = LargeRequests.Udp },
    };

    private ScriptedPhone Anna => _anna ??= Scene.Phone("anna", SceneModel.Inside, "127.91.0.11", 5060);
    private ScriptedPhone? _anna;

    private static string Written(string format, params object[] values) => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, values);

    private string Info(string dialog) =>
        "<?xml version=\"1.0\"?>\r\n" +
        $"<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"7\" state=\"partial\" entity=\"sip:102@{Bob.Host}\">\r\n" +
        $"  <dialog id=\"as7d\" {dialog} direction=\"recipient\">\r\n    <state event=\"x\">early</state>\r\n  </dialog>\r\n</dialog-info>\r\n";

    private string Seen(string dialog) => Info(dialog).Replace(Bob.Host, $"gw.{Alice.Host}", StringComparison.Ordinal);

    /// <summary>The body that alice gets in place of this one of bob's.</summary>
    private string Crossed(PhoneDialog a, PhoneDialog b, string body, string type = PhoneSubscriptions.DialogInfo, int answer = 200)
    {
        b.Notify(Bob, body: body, type: type);
        if (answer != 200)
        {
            Bob.ExpectResponse(answer);
            return "";
        }

        var seen = a.ExpectNotify();
        Assert.Equal(type, seen.Header(HeaderId.ContentType));
        Bob.ExpectResponse(200);
        return seen.BodyText();
    }

    private static string NamesOf(PhoneDialog dialog, bool isRecipient) => isRecipient
        ? Written(Names, dialog.CallId, dialog.LocalTag, dialog.RemoteTag)
        : Written(Names, dialog.CallId, dialog.RemoteTag, dialog.LocalTag);

    /// <summary>Bob calls alice, who rings; bob tells of it from either end, as PBXs do.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dialog_of_ours_has_the_readers_names(bool isPbxRecipient)
    {
        var (a, b) = Subscribed();
        var call = Bob.Call("alice");
        var rings = Alice.ExpectCall();
        rings.Answer(180);
        call.Expect(180);
        Assert.Equal(Seen(NamesOf(rings, !isPbxRecipient)), Crossed(a, b, Info(NamesOf(call, isPbxRecipient))));
        rings.Accept();
        call.ExpectAnswered();
        Assert.Equal(Seen(NamesOf(rings, !isPbxRecipient)), Crossed(a, b, Info(NamesOf(call, isPbxRecipient))));
        HangUp(call, rings);

        // The call is over, and what remains of its names is nobody's.
        Assert.Equal(Seen("").Replace("\"as7d\" ", "\"as7d\"", StringComparison.Ordinal), Crossed(a, b, Info(NamesOf(call, isPbxRecipient))));
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));
        Alice.Take();
        Bob.Take();
        Scene.End();
    }

    /// <summary>Anna has a lamp for alice and picks up what rings there: bob is told of the dialog that he knows.</summary>
    [Fact]
    public void A_pickup_finds_the_dialog()
    {
        var a = Anna.Subscribe("alice");
        var b = Bob.ExpectSubscription();
        b.Grant(Bob);
        a.ExpectSubscribed();
        var call = Bob.Call("alice", headers: "Supported: replaces\r\n");
        var rings = Alice.ExpectCall();
        rings.Answer(180);
        call.Expect(180);
        b.Notify(Bob, body: Info(NamesOf(call, isRecipient: true)));
        var info = a.ExpectNotify().BodyText();
        Bob.ExpectResponse(200);
        var (callId, local, remote) = (Attribute(info, "call-id"), Attribute(info, "local-tag"), Attribute(info, "remote-tag"));
        Assert.Equal(rings.CallId, callId);

        var pickup = Anna.Call("alice", headers: $"Replaces: {callId};to-tag={local};from-tag={remote};early-only\r\nRequire: replaces\r\n");
        var asked = Bob.ExpectCall();
        Assert.Equal($"{call.CallId};to-tag={call.LocalTag};from-tag={call.RemoteTag};early-only", asked.Asked.Header(HeaderId.Replaces));
        asked.Accept();
        pickup.ExpectAnswered();
        call.Cancel();
        Bob.ExpectResponse(200);
        rings.ExpectCancel();
        call.Expect(487);
        pickup.Bye();
        pickup.Expect(200);
        asked.ExpectBye();
        b.Notify(Bob, "terminated");
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        Scene.End();
    }

    private static string Attribute(string xml, string name) => xml.Split(name + "=\"")[1].Split('"')[0];

    [Fact]
    public void A_dialog_of_a_third_party_has_a_name_that_only_we_understand()
    {
        var (a, b) = Subscribed();
        var call = Bob.Call("dave");
        var rings = Scene.Dave.ExpectCall();
        rings.Answer(180);
        call.Expect(180);
        var seen = Crossed(a, b, Info(NamesOf(call, isRecipient: true)));
        Assert.Equal(Attribute(seen, "call-id"), Attribute(seen, "local-tag"));
        Assert.DoesNotContain(call.CallId, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(rings.CallId, seen, StringComparison.Ordinal);
        call.Cancel();
        Bob.ExpectResponse(200);
        rings.ExpectCancel();
        call.Expect(487);
        b.Notify(Bob, "terminated");
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        Scene.End();
    }

    [Theory]
    [InlineData("call-id=\"abc@pbx\" local-tag=\"l1\" remote-tag=\"r1\"")]
    [InlineData("call-id='abc@pbx'  remote-tag = 'r1'\r\n local-tag=''")]
    [InlineData("call-id=\"abc@pbx\"")]
    [InlineData("")]
    [InlineData("local-tag=\"&lt;\"")]
    public void A_dialog_that_is_none_of_ours_stays(string names)
    {
        var (a, b) = Subscribed();
        Assert.Equal(Seen(names), Crossed(a, b, Info(names)));
        Unsubscribe(a, b);
    }

    /// <summary>Half a name of ours, or one of a call that is over, is of no use and shows the other side's identifiers.</summary>
    [Theory]
    [InlineData("call-id=\"other-than-mine\" local-tag=\"{1}\" remote-tag=\"{2}\"")]
    [InlineData("call-id=\"{0}\" remote-tag=\"{2}\"")]
    [InlineData("call-id=\"{0}\" local-tag=\"{1}x\" remote-tag=\"{2}\"")]
    [InlineData("local-tag=\"x\" remote-tag=\"00000000000989e2fac70d2334\"")]
    public void A_name_of_ours_that_fits_nothing_is_left_out(string names)
    {
        var (a, b) = Subscribed();
        var (d, c) = Answered();
        var seen = Crossed(a, b, Info(Written(names, c.CallId, c.LocalTag, c.RemoteTag)));
        Assert.Contains("<dialog id=\"as7d\" direction=\"recipient\">", seen, StringComparison.Ordinal);
        HangUp(d, c);
        b.Notify(Bob, "terminated");
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        Scene.End();
    }

    [Fact]
    public void Replaced_dialogs_and_escaped_names()
    {
        var (a, b) = Subscribed();
        var (d, c) = Answered();
        var escaped = c.CallId.Replace("0", "&#48;", StringComparison.Ordinal);
        var body = Info("").Replace("<state", $"<replaces remote-tag='{c.RemoteTag}' call-id='{escaped}' local-tag='{c.LocalTag}'/><state", StringComparison.Ordinal);
        var seen = Crossed(a, b, body);
        Assert.Contains($"<replaces remote-tag='{d.LocalTag}' call-id='{d.CallId}' local-tag='{d.RemoteTag}'/>", seen, StringComparison.Ordinal);
        HangUp(d, c);
        b.Notify(Bob, "terminated");
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        Scene.End();
    }

    /// <summary>Targets lead to us, names have the host that alice subscribed to, and where media is nobody else needs to know.</summary>
    [Fact]
    public void Addresses_in_dialogs()
    {
        var (a, b) = Subscribed();
        var body =
            $"<di:dialog-info xmlns:di=\"urn:x\" entity='sip:102@{Bob.Host}:5070;transport=tcp'><di:dialog id=\"1\"><di:local>" +
            $"<di:identity display=\"Bob &amp; Co\">\r\n sip:102;ext=1@{Bob.Host} \r\n</di:identity><di:target uri=\"sip:102@{Bob.Flow.Remote};transport=udp;x=1\"><di:param pname=\"x\" pval=\"y\"/></di:target>" +
            $"<di:session-description type=\"application/sdp\">v=0\r\nc=IN IP4 {Bob.Flow.Remote.Address}</di:session-description></di:local>" +
            $"<di:remote><di:identity>tel:+4930</di:identity><di:identity>sip:x@{Bob.Host}?Route=%3Csip:{Bob.Host}%3E&amp;y=1</di:identity></di:remote>" +
            $"<di:route-set><di:hop>sip:{Bob.Host};lr</di:hop></di:route-set><di:referred-by>sips:a%20b@{Bob.Host}</di:referred-by></di:dialog></di:dialog-info>";
        var host = $"gw.{Alice.Host}";
        Assert.Equal(
            $"<di:dialog-info xmlns:di=\"urn:x\" entity='sip:102@{host}'><di:dialog id=\"1\"><di:local>" +
            $"<di:identity display=\"Bob &amp; Co\">\r\n sip:102;ext=1@{host} \r\n</di:identity><di:target uri=\"sip:102@{Scene.Model.InsideAddress}:5060;x=1\"><di:param pname=\"x\" pval=\"y\"/></di:target>" +
            "<di:session-description type=\"application/sdp\"></di:session-description></di:local>" +
            $"<di:remote><di:identity>tel:+4930</di:identity><di:identity>sip:x@{host}</di:identity></di:remote>" +
            $"<di:route-set><di:hop>sip:{host};lr</di:hop></di:route-set><di:referred-by>sips:a%20b@{host}</di:referred-by></di:dialog></di:dialog-info>".Replace(";lr", "", StringComparison.Ordinal),
            Crossed(a, b, body));
        Unsubscribe(a, b);
    }

    [Theory]
    [InlineData("pres:102@{0}", "pres:102@{1}")]
    [InlineData("102@{0}", "102@{1}")]
    [InlineData("102", "102")]
    [InlineData("urn:uuid:{0}", "urn:uuid:{0}")]
    [InlineData("http://{0}/102", "sip:anonymous@anonymous.invalid")]
    [InlineData("{0}", "sip:anonymous@anonymous.invalid")]
    [InlineData("sip:{0}:0", "sip:anonymous@anonymous.invalid")]
    [InlineData("sip:anonymous@anonymous.invalid", "sip:anonymous@anonymous.invalid")]
    [InlineData("sip:a&apos;&amp;b@{0}", "sip:a'&amp;b@{1}")]
    [InlineData("", "")]
    [InlineData("&host;", "sip:anonymous@anonymous.invalid")]
    public void Addresses_in_presence(string contact, string seen)
    {
        var (a, b) = Subscribed(name: "presence");
        var known = contact.StartsWith("urn", StringComparison.Ordinal) ? "f81d4fae" : Bob.Host;
        const string Body = "<presence entity=\"pres:102@{0}\"><tuple id=\"t\"><status><basic>open</basic></status><contact priority=\"0.8\"><![CDATA[{1}]]></contact><contact>{2}</contact></tuple></presence>";
        b.Notify(Bob, body: Written(Body, Bob.Host, $"sip:x@{Bob.Host}&", Written(contact, known, "")), type: "application/pidf+xml;charset=\"utf-8\"", name: "presence");
        Assert.Equal(Written(Body, $"gw.{Alice.Host}", $"sip:x@gw.{Alice.Host}", Written(seen, known, $"gw.{Alice.Host}")), a.ExpectNotify().BodyText());
        Bob.ExpectResponse(200);
        b.Notify(Bob, "terminated", name: "presence");
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        End();
    }

    [Fact]
    public void The_account_of_a_message_summary()
    {
        var (a, b) = Subscribed(name: "message-summary");
        b.Notify(Bob, body: $"Messages-Waiting: yes\r\nmessage-account : sip:102@{Bob.Host}:5070\r\nVoice-Message: 2/8 (0/2)\r\n\r\nX: y@z", type: "application/simple-message-summary", name: "message-summary");
        Assert.Equal($"Messages-Waiting: yes\r\nmessage-account : sip:102@gw.{Alice.Host}\r\nVoice-Message: 2/8 (0/2)\r\n\r\nX: y@z", a.ExpectNotify().BodyText());
        Bob.ExpectResponse(200);
        b.Notify(Bob, "terminated", name: "message-summary");
        a.ExpectNotify();
        Bob.ExpectResponse(200);
        End();
    }

    /// <summary>Outside a subscription the reader is a target, which knows the other side by its own host.</summary>
    [Theory]
    [InlineData("NOTIFY", "application/simple-message-summary", "Message-Account: sip:102@{0}\r\n")]
    [InlineData("PUBLISH", "application/pidf+xml", "<presence entity='sip:102@{0}'/>")]
    [InlineData("PUBLISH", "application/dialog-info+xml", "<dialog-info entity='sip:102@{0}'/>")]
    public void Outside_a_subscription(string method, string type, string body)
    {
        var a = Alice.Dialog();
        a.Request(method, "Event: x\r\nSubscription-State: active\r\n", Written(body, Alice.Host), type);
        var request = Bob.ExpectRequest(method);
        Assert.Equal(Written(body, "127.92.0.20"), request.BodyText());
        Bob.Send(ScriptedPhone.Answer(request, 200, "OK", "tag" + Bob.Secret, "", "", ""));
        a.Expect(200);
        End();
    }

    [Theory]
    [InlineData("application/dialog-info+xml", "<dialog-info entity=\"sip:102@x")]
    [InlineData("application/pidf+xml", "<presence><!-- ")]
    public void What_is_no_xml_to_its_end_is_refused(string type, string body)
    {
        var (a, b) = Subscribed();
        Crossed(a, b, body, type, answer: 400);
        var c = Alice.Dialog();
        c.Request("PUBLISH", "Event: presence\r\n", body, type);
        c.Expect(400);
        Unsubscribe(a, b);
    }

    [Theory]
    [InlineData("text/plain", "sip:102@pbx <dialog call-id=\"x\"/> Message-Account: sip:a@b")]
    [InlineData("application/xml", "<a entity=\"sip:102@pbx\"/>")]
    [InlineData("application/dialog-info+xml-x", "<a entity=\"sip:102@pbx")]
    public void Any_other_body_crosses_as_it_came(string type, string body)
    {
        var (a, b) = Subscribed();
        Assert.Equal(body, Crossed(a, b, body, type));
        Unsubscribe(a, b);
    }

    [Fact]
    public void A_hidden_body_is_refused()
    {
        var (a, b) = Subscribed();
        b.Notify(Bob, body: Info(""), headers: "Content-Encoding: gzip\r\n");
        Bob.ExpectResponse(415);
        Unsubscribe(a, b);
    }

    [Fact]
    public void A_body_that_grows_beyond_a_message_is_refused()
    {
        var (a, b) = Subscribed();
        var dialog = a.LocalTag.Length > 0 ? new string('x', 59000) : "";
        Crossed(a, b, Info("").Replace("early", string.Concat(Enumerable.Repeat("<hop>sip:a;x&lt;y</hop>", 2400)) + dialog[..1000], StringComparison.Ordinal), answer: 513);
        Unsubscribe(a, b);
    }
}
