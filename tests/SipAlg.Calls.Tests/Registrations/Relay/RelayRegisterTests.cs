using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>A REGISTER goes to the PBX with a contact of the gateway's, and what the PBX says of it is what holds.</summary>
public sealed class RelayRegisterTests : RelayTest
{
    [Fact]
    public void A_challenge_crosses_and_so_does_what_answers_it()
    {
        var phone = Phone();
        Register(phone, 1);
        var asked = Answers(401, Challenge);
        Assert.Contains(Challenge, phone.ExpectResponse(401).Text, StringComparison.Ordinal);
        Assert.Equal(0, Standing);
        Register(phone, 2, headers: Proof);
        var again = Answers(headers: "Authentication-Info: nextnonce=\"n2\"\r\n");
        Assert.Contains(Proof, again.Text, StringComparison.Ordinal);
        Assert.Equal((asked.Header(HeaderId.CallId), Token(asked), "2 REGISTER"), (again.Header(HeaderId.CallId), Token(again), again.Header(HeaderId.CSeq)));
        Assert.Equal("nextnonce=\"n2\"", phone.ExpectResponse(200).Header(HeaderId.AuthenticationInfo));
        Assert.Equal(1, Standing);
        Forget();
        Scene.End();
    }

    [Fact]
    public void The_pbx_gets_the_gateways_contact_and_the_request_uri_as_it_came()
    {
        var phone = Phone();
        Register(phone, 7, contact: $"Contact: \"Ann\" <sip:ann@{phone.Flow.Remote};line=7>;q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires=3600\r\n", expires: null, headers: "Supported: path, outbound\r\nX-Model: 7\r\n");
        var asked = Answers();
        Assert.Equal($"REGISTER sip:{Domain} SIP/2.0", asked.StartLine);
        Assert.Equal($"<{ContactOf(Token(asked))}>;q=0.5;+sip.instance=\"<urn:uuid:1>\";expires=600", asked.Header(HeaderId.Contact));
        Assert.True(IsToken(Token(asked)));
        Assert.Equal("600", asked.Header(HeaderId.Expires));
        Assert.Equal($"<sip:ann@{SceneModel.BobAddress}>", asked.Header(HeaderId.To));
        Assert.StartsWith($"<sip:ann@{SceneModel.BobAddress}>;tag=", asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.Contains("X-Model: 7", asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(phone.Secret, asked.Text, StringComparison.Ordinal);
        var answer = phone.ExpectResponse(200);
        Assert.Equal($"<sip:ann@{phone.Flow.Remote};line=7>;expires=60;q=0.5;+sip.instance=\"<urn:uuid:1>\"", answer.Header(HeaderId.Contact));
        Assert.Null(answer.Header(HeaderId.Expires));
        Forget();
        Scene.End();
    }

    [Theory]
    [InlineData(600, null, 60)]
    [InlineData(600, 30, 30)]
    [InlineData(600, 3600, 60)]
    [InlineData(40, 3600, 35)]
    [InlineData(8, 3600, 4)]
    public void A_phone_is_granted_no_more_than_its_registrar_grants(int upstream, int? asked, int granted)
    {
        var phone = Phone();
        Register(phone, 1, expires: asked);
        var register = Pbx.ExpectRequest("REGISTER");
        Pbx.Send(ScriptedPhone.Answer(register, 200, "OK", "p", $"Contact: <{ContactOf(Token(register))}>;expires={upstream}\r\n", "", ""));
        Assert.Equal(granted, Expires(phone.ExpectResponse(200)));
        Scene.Advance((granted * 1000L) - 1);
        Assert.Equal(1, Standing);
        Scene.Advance(1);
        Assert.Equal(0, Standing);
        Scene.End();
    }

    [Theory]
    [InlineData("Contact: <@>\r\nExpires: 20\r\n", 15)]
    [InlineData("Contact: <@>\r\n", 60)]
    [InlineData("Expires: 20\r\n", 15)]
    [InlineData("", 60)]
    [InlineData("Contact: <sip:other@10.9.9.9>;expires=99\r\nContact: <@>;expires=20\r\nExpires: 7\r\n", 15)]
    [InlineData("Contact: <sip:other@10.9.9.9>;expires=99, <@>;expires=20\r\n", 15)]
    public void The_registrar_says_the_time_in_contact_or_header(string headers, int granted)
    {
        var phone = Phone();
        Register(phone, 1);
        var asked = Pbx.ExpectRequest("REGISTER");
        Pbx.Send(ScriptedPhone.Answer(asked, 200, "OK", "p", headers.Replace("@>", $"{ContactOf(Token(asked))}>", StringComparison.Ordinal), "", ""));
        var answer = phone.ExpectResponse(200);
        Assert.Equal(granted, Expires(answer));
        Assert.DoesNotContain("other", answer.Text, StringComparison.Ordinal);
        Forget();
        Scene.End();
    }

    [Theory]
    [InlineData("Contact: <sip:other@10.9.9.9>;expires=99\r\n")]
    [InlineData("Contact: <@>;expires=0\r\n")]
    public void A_contact_that_a_200_does_not_name_is_not_bound(string headers)
    {
        var phone = Phone();
        Register(phone, 1);
        var asked = Pbx.ExpectRequest("REGISTER");
        Pbx.Send(ScriptedPhone.Answer(asked, 200, "OK", "p", headers.Replace("@>", $"{ContactOf(Token(asked))}>", StringComparison.Ordinal), "", ""));
        Assert.Null(phone.ExpectResponse(200).Header(HeaderId.Contact));
        Assert.Equal(0, Standing);
        Scene.End();
    }

    [Theory]
    [InlineData(403, 403)]
    [InlineData(404, 404)]
    [InlineData(407, 407)]
    [InlineData(500, 500)]
    [InlineData(503, 503)]
    [InlineData(302, 480)]
    [InlineData(408, 504)]
    public void What_the_pbx_refuses_changes_nothing(int status, int shown)
    {
        var phone = Phone();
        var token = Token(Registered(phone));
        Register(phone, 2, contact: $"Contact: <sip:ann@{phone.Flow.Remote};line=8>\r\n");
        Answers(status, status == 407 ? "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n\"\r\n" : "X-Why: because\r\n");
        var answer = phone.ExpectResponse(shown);
        Assert.Equal(status == 407 ? "Digest realm=\"p\", nonce=\"n\"" : null, answer.Header(HeaderId.ProxyAuthenticate));
        Assert.Equal(1, Standing);
        Completes(Call(token), phone.ExpectCall());
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_time_that_is_too_short_for_the_registrar_is_learnt()
    {
        var phone = Phone();
        Register(phone, 1, expires: 60);
        Answers(423, "Min-Expires: 900\r\n");
        Assert.Equal("900", phone.ExpectResponse(423).Header(HeaderId.MinExpires));
        Register(phone, 2, expires: 900);
        Assert.Contains(";expires=900", Answers().Header(HeaderId.Contact), StringComparison.Ordinal);
        Assert.Equal(60, Expires(phone.ExpectResponse(200)));
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_phone_that_unregisters_is_gone_when_the_registrar_has_said_so()
    {
        var phone = Phone();
        var token = Token(Registered(phone));
        Register(phone, 2, expires: 0);
        var asked = Pbx.ExpectRequest("REGISTER");
        Assert.Equal((token, $"<{ContactOf(token)}>;expires=0", "0"), (Token(asked), asked.Header(HeaderId.Contact), asked.Header(HeaderId.Expires)));
        Assert.Equal(1, Standing);
        Pbx.Send(ScriptedPhone.Answer(asked, 200, "OK", "p", "", "", ""));
        Assert.Null(phone.ExpectResponse(200).Header(HeaderId.Contact));
        Assert.Equal(0, Standing);
        Call(token).Expect(404);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_wildcard_ends_all_contacts()
    {
        var (desk, mobile) = (Phone(), Phone("mobile", "127.91.0.67"));
        var first = Registered(desk);
        Register(mobile, 1);
        Answers(contacts: $"Contact: <{ContactOf(Token(first))}>;expires=600\r\nContact: <{ContactOf(Token(Pbx.Inbox[0]))}>;expires=600\r\n");
        var both = mobile.ExpectResponse(200);
        Assert.Contains(desk.Flow.Remote.ToString(), Lines(both, HeaderId.Contact), StringComparison.Ordinal);
        Assert.Equal(2, Standing);
        Register(desk, 2, contact: "Contact: *\r\n", expires: 0);
        var asked = Pbx.ExpectRequest("REGISTER");
        Assert.Equal(("*", "0"), (asked.Header(HeaderId.Contact), asked.Header(HeaderId.Expires)));
        Pbx.Send(ScriptedPhone.Answer(asked, 200, "OK", "p", "", "", ""));
        desk.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_query_is_answered_with_what_stands()
    {
        var phone = Phone();
        var token = Token(Registered(phone));
        Register(phone, 2, contact: "", expires: null);
        var asked = Pbx.ExpectRequest("REGISTER");
        Assert.Null(asked.Header(HeaderId.Contact));
        Assert.Null(asked.Header(HeaderId.Expires));
        Pbx.Send(ScriptedPhone.Answer(asked, 200, "OK", "p", $"Contact: <{ContactOf(token)}>;expires=500\r\nContact: <sip:ann@10.9.9.9>\r\n", "", ""));
        var answer = phone.ExpectResponse(200);
        Assert.Equal($"<sip:ann@{phone.Flow.Remote};line=7>;expires=60", answer.Header(HeaderId.Contact));
        Assert.DoesNotContain("10.9.9.9", answer.Text, StringComparison.Ordinal);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_contact_that_the_registrar_has_dropped_goes_here_too()
    {
        var (desk, mobile) = (Phone(), Phone("mobile", "127.91.0.67"));
        var first = Registered(desk);
        Scene.Advance(40_000);
        var second = Registered(mobile);
        Assert.Equal(1, Standing);
        Assert.NotEqual(Token(first), Token(second));
        Call(Token(first)).Expect(404);
        Completes(Call(Token(second)), mobile.ExpectCall());
        Forget();
        Scene.End();
    }

    [Fact]
    public void An_answer_that_was_overtaken_drops_no_contact_that_has_just_been_accepted()
    {
        var (desk, mobile) = (Phone(), Phone("mobile", "127.91.0.67"));
        Register(desk, 1);
        Register(mobile, 1);
        var first = Pbx.ExpectRequest("REGISTER");
        Answers();
        Pbx.Send(ScriptedPhone.Answer(first, 200, "OK", "p", Lines(first, HeaderId.Contact), "", ""));
        Assert.Equal(2, Standing);
        Forget();
        Scene.End();
    }

    [Fact]
    public void An_answer_to_an_older_request_of_the_phone_changes_nothing()
    {
        var phone = Phone();
        Register(phone, 1, expires: 0);
        Register(phone, 2);
        var old = Pbx.ExpectRequest("REGISTER");
        Answers();
        Pbx.Send(ScriptedPhone.Answer(old, 200, "OK", "p", "", "", ""));
        Assert.Equal(1, Standing);
        Forget();
        Scene.End();
    }

    [Theory]
    [InlineData("Contact: <tel:+4930>\r\n", 300)]
    [InlineData("Contact: *\r\n", 300)]
    [InlineData("Contact: *\r\n", null)]
    [InlineData("Contact: *, <sip:a@127.91.0.66>\r\n", 0)]
    public void A_contact_that_cannot_be_relayed_is_refused(string contact, int? expires)
    {
        var phone = Phone();
        Register(phone, 1, contact: contact, expires: expires);
        phone.ExpectResponse(400);
        Pbx.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void A_path_that_could_not_be_kept_whole_is_refused()
    {
        var phone = Phone();
        Register(phone, 1, headers: string.Concat(Enumerable.Repeat($"Path: <sip:{new string('p', 7000)};lr>\r\n", 3)));
        Assert.Equal("SIP/2.0 513 Path Too Long", phone.ExpectResponse(513).StartLine);
        Pbx.ExpectNothing();
        Scene.End();
    }

    /// <summary>What stands is told as far as a message goes, and each line of it is whole.</summary>
    [Fact]
    public void More_contacts_than_a_message_holds_are_told_as_far_as_they_go()
    {
        var phone = Phone();
        for (var number = 1u; number <= 9; number++)
        {
            Register(phone, number, contact: $"Contact: <sip:ann@127.91.0.66;line={new string((char)('a' + number), 8000)}>\r\n");
            var asked = Pbx.ExpectRequest("REGISTER");
            Pbx.Send(ScriptedPhone.Answer(asked, 200, "OK", "p", Lines(asked, HeaderId.Contact), "", ""));
            Assert.EndsWith("Content-Length: 0\r\n\r\n", phone.ExpectResponse(200).Text, StringComparison.Ordinal);
        }

        Assert.Equal(9, Standing);
        Scene.Advance(30_000);
        var slot = Scene.Calls.Relay!.Bindings.First(SceneModel.Inside, "ann@pbx.example.com"u8);
        Scene.Calls.Relay.Bindings.State(slot).RefreshAt = long.MaxValue;
        Register(phone, 10, contact: $"Contact: <{System.Text.Encoding.ASCII.GetString(Scene.Calls.Relay.Bindings[slot].Contact)}>\r\n");
        var answer = phone.ExpectResponse(200);
        Assert.EndsWith("Content-Length: 0\r\n\r\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(8, Lines(answer, HeaderId.Contact).Count(letter => letter == '\n'));
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_pbx_that_is_silent_is_told_as_such_and_nothing_is_left()
    {
        var phone = Phone();
        Register(phone, 1);
        Scene.Advance(32_000);
        phone.ExpectResponse(504);
        Pbx.Take();
        Scene.End();
    }

    [Fact]
    public void Many_phones_at_once_wait_no_longer_than_the_pbx_takes_them()
    {
        var phones = Enumerable.Range(0, 5).Select(place => Phone($"phone{place}", $"127.91.0.{70 + place}")).ToArray();
        for (var user = 0; user < 1001; user++)
        {
            Register(phones[user / 201], 1, $"u{user}", callId: $"c{user}@{phones[user / 201].Host}");
        }

        Assert.Equal("5", phones[4].ExpectResponse(503).Header(HeaderId.RetryAfter));
        Assert.Equal(1000, Pbx.Take().Length);
        Scene.End();
    }

    [Fact]
    public void The_same_phone_gets_the_same_contact_and_another_phone_another()
    {
        var (desk, mobile) = (Phone(), Phone("mobile", "127.91.0.67"));
        Register(desk, 1);
        var first = Token(Answers(401, Challenge));
        Register(desk, 2);
        Assert.Equal(first, Token(Answers(401, Challenge)));
        Register(mobile, 1);
        Assert.NotEqual(first, Token(Answers(401, Challenge)));
        Register(desk, 1, "ben", callId: $"b@{desk.Host}");
        Assert.NotEqual(first, Token(Answers(401, Challenge)));
        Scene.End();
    }
}
