using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Requests outside a dialog to a user with several phones (RFC 3261 §16.6, §16.7).</summary>
public sealed class UserMessageTests : UserTest
{
    protected override IEnumerable<Route> Routes(SceneModel model) => [Route("anna-or-carol", [Registered("anna"), SceneModel.To(model.Carol)])];

    private static SentMessage Answers(ScriptedPhone phone, int status, string method = "MESSAGE")
    {
        var request = phone.ExpectRequest(method);
        phone.Send(ScriptedPhone.Answer(request, status, "Phrase", "t", "", "", ""));
        return request;
    }

    private void Message(string to = "anna") => (to == "anna" ? Bob : Alice).Dialog(to).Request("MESSAGE", body: "Hello", type: "text/plain");

    private void Ends()
    {
        Forget();
        Scene.End();
    }

    [Fact]
    public void Phones_of_one_preference_all_get_a_message_and_the_first_to_take_it_answers()
    {
        RegisterBoth();
        Message();
        var desk = Desk.ExpectRequest("MESSAGE");
        Assert.StartsWith($"MESSAGE {Desk.Contact} ", desk.StartLine, StringComparison.Ordinal);
        var mobile = Answers(Mobile, 200);
        Assert.Equal("Hello", Body(mobile));
        Assert.NotEqual(desk.Header(HeaderId.CallId), mobile.Header(HeaderId.CallId));
        Bob.ExpectResponse(200);
        Desk.Send(ScriptedPhone.Answer(desk, 405, "Phrase", "t", "", "", ""));
        Bob.ExpectNothing();
        Ends();
    }

    [Fact]
    public void The_preferred_phone_is_asked_alone_and_the_next_where_it_does_not_take_it()
    {
        RegisterBoth(desk: ";q=0.3");
        Message();
        Desk.ExpectNothing();
        Answers(Mobile, 415);
        Answers(Desk, 200);
        Bob.ExpectResponse(200);
        Ends();
    }

    [Fact]
    public void When_none_takes_it_the_sender_hears_of_the_best_of_it()
    {
        RegisterBoth();
        Message();
        Answers(Mobile, 500);
        Bob.ExpectNothing();
        Answers(Desk, 405);
        Bob.ExpectResponse(405);
        Ends();
    }

    [Fact]
    public void One_that_declines_for_all_ends_it()
    {
        RegisterBoth();
        Message();
        var desk = Desk.ExpectRequest("MESSAGE");
        Answers(Mobile, 603);
        Bob.ExpectResponse(603);
        Desk.Send(ScriptedPhone.Answer(desk, 200, "OK", "t", "", "", ""));
        Bob.ExpectNothing();
        Ends();
    }

    [Theory]
    [InlineData(408, true)]
    [InlineData(415, false)]
    public void The_next_target_of_the_route_is_asked_only_if_the_route_says_so(int status, bool leadsOn)
    {
        RegisterBoth();
        Message("anna-or-carol");
        Answers(Desk, 405);
        Answers(Mobile, status);
        if (leadsOn)
        {
            Answers(Carol, 200);
        }

        Alice.ExpectResponse(leadsOn ? 200 : 405);
        Carol.ExpectNothing();
        Ends();
    }

    [Fact]
    public void One_that_says_nothing_does_not_hold_up_the_others()
    {
        RegisterBoth();
        Message();
        Desk.ExpectRequest("MESSAGE");
        Scene.Advance(20L * CallScene.T1);
        Desk.Take();
        Mobile.Take();
        Bob.ExpectNothing();
        Scene.Advance(64L * CallScene.T1);
        Desk.Take();
        Mobile.Take();
        Ends();
    }

    /// <summary>A lamp on each phone (RFC 3842).</summary>
    [Fact]
    public void Waiting_messages_are_told_to_all_phones()
    {
        RegisterBoth();
        Bob.Dialog("anna").Request("NOTIFY", $"Contact: <{Bob.Contact}>\r\nEvent: message-summary\r\nSubscription-State: active\r\n", "Messages-Waiting: yes\r\n", "application/simple-message-summary");
        foreach (var phone in new[] { Desk, Mobile })
        {
            Assert.Contains("Messages-Waiting: yes", Body(Answers(phone, 200, "NOTIFY")), StringComparison.Ordinal);
        }

        Bob.ExpectResponse(200);
        Ends();
    }

    /// <summary>A subscription is with one phone: that is the most preferred that takes it.</summary>
    [Fact]
    public void A_subscription_goes_to_one_phone()
    {
        RegisterBoth(mobile: ";q=0.5");
        Bob.Dialog("anna").Request("SUBSCRIBE", $"Contact: <{Bob.Contact}>\r\nEvent: dialog\r\nExpires: 60\r\n");
        Mobile.ExpectNothing();
        Answers(Desk, 489, "SUBSCRIBE");
        Answers(Mobile, 489, "SUBSCRIBE");
        Bob.ExpectResponse(489);
        Ends();
    }

    [Fact]
    public void Where_a_name_is_looked_up_first_both_get_it()
    {
        Scene.Names.Set("phone.example", "127.91.0.78:5070");
        var from = Scene.Phone("from", SceneModel.Inside, "127.91.0.77", 5060);
        var at = Scene.Phone("at", SceneModel.Inside, "127.91.0.78", 5070);
        var desk = Scene.Phone("desk", SceneModel.Inside, "127.91.0.66", 5060);
        Register(from, "anna", contact: "sip:anna@phone.example");
        Register(desk, "anna");
        Message();
        Scene.Resolve();
        Answers(desk, 405);
        Answers(at, 200);
        Bob.ExpectResponse(200);
        Ends();
    }
}
