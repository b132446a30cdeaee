using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>A refresh is answered without the PBX only if it is in every respect that of a binding which the PBX has accepted.</summary>
public sealed class RelayRefreshTests : RelayTest
{
    private const string Instance = "+sip.instance=\"<urn:uuid:1>\"";

    private string Contact(string more = "") => $"Contact: <sip:ann@127.91.0.66:5060;line=7>;{Instance}{more}\r\n";

    /// <summary>A phone whose registration the PBX has accepted for long enough.</summary>
    private ScriptedPhone Desk()
    {
        var phone = Phone();
        Register(phone, 10, contact: Contact(), headers: Proof);
        Answers();
        phone.ExpectResponse(200);

        // The first refresh after this instant is not the one that goes to the PBX.
        var slot = Scene.Calls.Relay!.Bindings.First(SceneModel.Inside, "ann@pbx.example.com"u8);
        Scene.Calls.Relay.Bindings.State(slot).RefreshAt = long.MaxValue;
        return phone;
    }

    [Fact]
    public void A_refresh_is_answered_and_the_pbx_hears_nothing()
    {
        var phone = Desk();
        for (var turn = 1u; turn <= 9; turn++)
        {
            Scene.Advance(50_000);
            Register(phone, 10 + turn, contact: Contact(";expires=300"), expires: null);
            Assert.Equal(60, Expires(phone.ExpectResponse(200)));
        }

        Pbx.ExpectNothing();
        Assert.Equal(9, Scene.Calls.Registrar!.Refreshed(SceneModel.Inside));
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_refresh_goes_to_the_pbx_before_its_time_there_has_passed_and_the_last_before_that_is_granted_less()
    {
        var phone = Desk();
        for (var turn = 1u; turn <= 10; turn++)
        {
            Scene.Advance(55_000);
            Register(phone, 10 + turn, contact: Contact());
            Assert.Equal(turn == 10 ? 45 : 60, Expires(phone.ExpectResponse(200)));
        }

        Pbx.ExpectNothing();
        Scene.Advance(40_000);
        Register(phone, 30, contact: Contact());
        Answers();
        Assert.Equal(60, Expires(phone.ExpectResponse(200)));
        Forget();
        Scene.End();
    }

    public static TheoryData<string, string> Others => new()
    {
        { "address-of-record", "user" },
        { "contact", "contact" },
        { "its parameters", "line" },
        { "what it can", "methods" },
        { "preference", "q" },
        { "instance", "instance" },
        { "no instance", "without" },
        { "Call-ID", "callid" },
        { "CSeq again", "again" },
        { "lower CSeq", "lower" },
        { "end", "expires" },
        { "two contacts", "two" },
        { "none", "none" },
        { "Path", "path" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Whatever_differs_is_for_the_pbx_to_judge(string what, string difference)
    {
        var phone = Desk();
        Scene.Advance(30_000);
        var contact = difference switch
        {
            "contact" => $"Contact: <sip:bob@{phone.Flow.Remote};line=7>;{Instance}\r\n",
            "line" => $"Contact: <sip:ann@{phone.Flow.Remote};line=8>;{Instance}\r\n",
            "methods" => Contact(";methods=\"INVITE\""),
            "q" => Contact(";q=0.3"),
            "instance" => $"Contact: <sip:ann@{phone.Flow.Remote};line=7>;+sip.instance=\"<urn:uuid:2>\"\r\n",
            "without" => $"Contact: <sip:ann@{phone.Flow.Remote};line=7>\r\n",
            "two" => Contact() + "Contact: <sip:ann@127.91.0.66:5070>\r\n",
            "none" => "",
            _ => Contact(),
        };
        Register(phone, difference switch { "again" => 10, "lower" => 9, _ => 11 }, difference == "user" ? "ben" : "ann", difference == "expires" ? 0 : 300, contact,
            difference == "path" ? "Path: <sip:127.91.0.99;lr>\r\n" : "", difference == "callid" ? $"other@{phone.Host}" : null);
        Answers(403);
        Assert.Equal("SIP/2.0 403 Phrase", phone.ExpectResponse(403).StartLine);
        Assert.True(Standing == 1, what);
        Forget();
        Scene.End();
    }

    /// <summary>Who has seen the phone's REGISTER repeats it, with a higher CSeq, from wherever he is.</summary>
    [Theory]
    [InlineData("127.91.0.67", 5060, 0)]
    [InlineData("127.91.0.66", 5061, 0)]
    [InlineData("127.91.0.66", 5060, 9)]
    public void A_refresh_from_another_source_is_for_the_pbx_to_judge_and_moves_nothing(string address, ushort port, ulong connection)
    {
        var phone = Desk();
        var stranger = Phone("stranger", address, port, connection);
        Register(stranger, 11, contact: Contact(), callId: $"r@{phone.Host}");
        var token = Token(Answers(401, Challenge));
        stranger.ExpectResponse(401);
        stranger.Dialog("100").Request("MESSAGE", body: "x", type: "text/plain");
        stranger.ExpectResponse(403);
        Register(phone, 11, contact: Contact());
        phone.ExpectResponse(200);
        Completes(Call(token), phone.ExpectCall());
        stranger.ExpectNothing();
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_connection_is_the_source_and_a_new_one_is_another()
    {
        var phone = Phone(connection: 3);
        Registered(phone);
        Scene.Calls.Relay!.Bindings.State(0).RefreshAt = long.MaxValue;
        Register(phone, 2);
        phone.ExpectResponse(200);
        Pbx.ExpectNothing();
        Scene.Turn(() => Scene.Harness.ConnectionClosed(phone.Flow, CloseReason.Remote));
        Assert.Equal(0, Scene.Calls.Admitted.Count);
        Assert.Equal(1, Standing);
        var again = Phone("again", port: 5064, connection: 4);
        Register(again, 3, callId: $"r@{phone.Host}", contact: $"Contact: <sip:ann@{phone.Flow.Remote};line=7;transport=tcp>\r\n");
        Answers();
        again.ExpectResponse(200);
        Assert.Equal((1, 1), (Standing, Scene.Calls.Admitted.Count));
        Forget();
        Scene.End();
    }

    /// <summary>As if it had closed after the answer: nobody is admitted by it, and calls do not try it.</summary>
    [Fact]
    public void A_connection_that_closes_before_the_pbx_has_answered_is_nobodys()
    {
        var phone = Phone(connection: 3);
        Register(phone, 1);
        Scene.Turn(() => Scene.Harness.ConnectionClosed(phone.Flow, CloseReason.Remote));
        var token = Token(Answers());
        Assert.Equal((1, 0), (Standing, Scene.Calls.Admitted.Count));
        phone.Take();
        Call(token).Expect(480);
        phone.ExpectNothing();
        Forget();
        Scene.End();
    }

    [Fact]
    public void What_has_expired_is_for_the_pbx_to_judge()
    {
        var phone = Desk();
        Scene.Advance(60_000);
        Assert.Equal((0, 0), (Standing, Scene.Calls.Admitted.Count));
        Register(phone, 11, contact: Contact());
        Answers(401, Challenge);
        phone.ExpectResponse(401);
        Scene.End();
    }
}
