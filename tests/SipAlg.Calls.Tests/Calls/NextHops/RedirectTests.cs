using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Redirections that are followed: through the dialplan, with the rights of who redirects, never straight to where they point.</summary>
public sealed class RedirectTests : RedirectTest
{
    /// <summary>Alice calls, and bob redirects.</summary>
    private (PhoneDialog A, PhoneDialog B) Redirected(string contacts, string called = "bob", int status = 302, string headers = "")
    {
        var a = Alice.Call(called, headers: headers);
        var b = Bob.ExpectCall();
        Refuse(b, status, "Moved", contacts);
        return (a, b);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(301)]
    [InlineData(302)]
    public void To_whom_the_dialplan_says(int status)
    {
        var (a, b) = Redirected(Contacts("\"Desk\" <sip:200@127.92.0.99:5077;transport=tcp;user=phone;cause=302>;q=0.5;expires=60"), status: status, headers: "Subject: lunch\r\nMax-Forwards: 30\r\n");
        Alice.ExpectNothing();
        Assert.Empty(Scene.Unclaimed);
        var c = Carol.ExpectCall();
        Assert.Equal("INVITE sip:200@127.92.0.30:5060;user=phone;cause=302 SIP/2.0", c.Asked.StartLine);
        Assert.Equal("<sip:bob@127.92.0.30>", c.Asked.Header(HeaderId.To));
        Assert.StartsWith("\"alice\" <sip:alice@127.92.0.30>;tag=", c.Asked.Header(HeaderId.From));
        Assert.Equal("29", c.Asked.Header(HeaderId.MaxForwards));
        Assert.Contains("\r\nSubject: lunch\r\n", c.Asked.Text, StringComparison.Ordinal);
        Assert.NotEqual(b.CallId, c.CallId);
        Ports(2);
        Completes(a, c);
        var record = Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal(("carol", "out", "bob"), (record.ToPeer, record.Route, record.Called));
        Assert.Equal(1, Scene.Peers[1].Attempts[(int)SipAlg.Calls.Peers.AttemptOutcome.Redirected]);
    }

    [Fact]
    public void To_a_tel_uri()
    {
        var (a, _) = Redirected(Contacts("<tel:200;phone-context=+49>"));
        var c = Carol.ExpectCall();
        Assert.Equal("INVITE sip:200@127.92.0.30:5060;user=phone SIP/2.0", c.Asked.StartLine);
        Completes(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_route_sets_what_it_sets()
    {
        var (a, _) = Redirected(Contacts("<sip:set@far.example;x=y>"));
        var c = Carol.ExpectCall();
        Assert.Equal("INVITE sip:4711@127.92.0.30:5060 SIP/2.0", c.Asked.StartLine);
        Assert.StartsWith("\"alice\" <sip:4712@127.92.0.30>", c.Asked.Header(HeaderId.From));
        Assert.Contains("\r\nX-Set: yes\r\n", c.Asked.Text, StringComparison.Ordinal);
        Completes(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_domain_of_the_contact_is_seen()
    {
        var (a, _) = Redirected(Contacts("<sip:anybody@far.example>"));
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>What the caller may call the redirector may not, and a route that refuses it is heard of as a redirection to nowhere.</summary>
    [Theory]
    [InlineData("<sip:own@gw>")]
    [InlineData("<sip:refused@gw>")]
    [InlineData("<sip:unknown@gw>")]
    [InlineData("<sip:gw.example>")]
    [InlineData("<mailto:bob@example.com>")]
    [InlineData("*")]
    [InlineData("\"")]
    [InlineData("<sip:200@>")]
    [InlineData("")]
    public void With_the_rights_of_the_redirector(string contact)
    {
        var (a, _) = Redirected(contact.Length == 0 ? "" : Contacts(contact));
        Carol.ExpectNothing();
        var response = Fails(a, 480, CallCause.RedirectUnroutable, "bob");
        Assert.Equal("SIP;cause=302;text=\"Redirected to no route\"", Reason(response));
        Assert.Null(response.Header(HeaderId.Contact));
        Assert.DoesNotContain("Moved", response.Text, StringComparison.Ordinal);
    }

    /// <summary>A source is where the INVITE went, not where a Contact of the redirector's says that it is.</summary>
    [Theory]
    [InlineData("sourced", false)]
    [InlineData("from%20bob", true)]
    public void With_the_address_of_the_redirector(string called, bool isFollowed)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(180, headers: $"Contact: <sip:bob@{SceneModel.CarolAddress}>\r\n");
        a.Expect(180);
        Refuse(b, 302, headers: Contacts($"<sip:{called}@x>"));
        if (isFollowed)
        {
            Completes(a, Carol.ExpectCall());
            Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        }
        else
        {
            Carol.ExpectNothing();
            Fails(a, 480, CallCause.RedirectUnroutable, "bob");
        }
    }

    [Fact]
    public void A_target_that_is_no_peer_has_the_rights_of_its_realm()
    {
        var a = Alice.Call("uri");
        Refuse(Carol.ExpectCall(), 302, headers: Contacts("<sip:500@x>"));
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    // ---- several contacts

    /// <summary>RFC 3261 §8.1.3.4: by q, then as written; without one it is 1.</summary>
    [Theory]
    [InlineData("<sip:200@x>;q=0.2, <sip:300@x>;q=0.7", true)]
    [InlineData("<sip:200@x>;q=0.2, <sip:300@x>", true)]
    [InlineData("<sip:200@x>;q=0.5, <sip:300@x>;q=0.5", false)]
    [InlineData("<sip:200@x>, <sip:300@x>;q=1.0", false)]
    [InlineData("<sip:200@x>;q=0.9, <sip:300@x>;q=7", true)]
    public void They_are_tried_in_order_whatever_the_failure(string contacts, bool daveFirst)
    {
        var (a, _) = Redirected(Contacts(contacts.Split(", ")));
        var (first, second) = daveFirst ? (Dave, Carol) : (Carol, Dave);
        var one = first.ExpectCall();
        second.ExpectNothing();
        Refuse(one, 486);
        Completes(a, second.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void All_of_them_fail()
    {
        var (a, _) = Redirected(Contacts("<sip:200@x>, <sip:unknown@x>, <sip:300@x>"));
        Refuse(Carol.ExpectCall(), 500);
        Refuse(Dave.ExpectCall(), 486, "Busy");
        var response = Fails(a, 486, CallCause.CalleeRefused, "dave");
        Assert.Equal("SIP/2.0 486 Busy", response.StartLine);
    }

    [Fact]
    public void A_6xx_ends_them()
    {
        var (a, _) = Redirected(Contacts("<sip:200@x>, <sip:300@x>"));
        Refuse(Carol.ExpectCall(), 600);
        Dave.ExpectNothing();
        Fails(a, 600, CallCause.CalleeRefused, "carol");
    }

    /// <summary>A contact's own route says whether its second target is asked; a further contact is asked anyway.</summary>
    [Fact]
    public void A_contact_with_several_targets()
    {
        var (a, _) = Redirected(Contacts("<sip:pair@x>, <sip:200@x>"));
        Refuse(Dave.ExpectCall(), 486);
        Completes(a, Carol.ExpectCall());
        Assert.Equal("carol", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).ToPeer);
    }

    /// <summary>They stand for the target that named them: after them the route goes on, or not.</summary>
    [Theory]
    [InlineData(503, true)]
    [InlineData(486, false)]
    public void Then_the_routes_next_target(int status, bool leadsOn)
    {
        var (a, _) = Redirected(Contacts("<sip:300@x>"), "hunt");
        Carol.ExpectNothing();
        Refuse(Dave.ExpectCall(), status);
        if (leadsOn)
        {
            Completes(a, Carol.ExpectCall());
            Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        }
        else
        {
            Carol.ExpectNothing();
            Fails(a, status, CallCause.CalleeRefused, "dave");
        }
    }

    [Theory]
    [InlineData("hunt", false)]
    [InlineData("on302", true)]
    public void A_redirection_to_nowhere_is_a_failure_like_others(string called, bool leadsOn)
    {
        var (a, _) = Redirected("", called);
        if (leadsOn)
        {
            Completes(a, Carol.ExpectCall());
        }
        else
        {
            Carol.ExpectNothing();
            a.Expect(480);
        }

        Scene.End();
    }

    // ---- without end

    [Fact]
    public void In_a_loop()
    {
        var (a, _) = Redirected(Contacts("<sip:again@x>"));
        Refuse(Bob.ExpectCall(), 302, headers: Contacts("<sip:again@X>"));
        Bob.ExpectNothing();
        Assert.Equal("SIP;cause=302;text=\"Redirected without end\"", Reason(Fails(a, 480, CallCause.RedirectLoop, "bob")));
    }

    [Fact]
    public void More_often_than_five_times()
    {
        var (a, _) = Redirected(Contacts("<sip:hop1@x>"));
        for (var hop = 2; hop <= 6; hop++)
        {
            var b = Bob.ExpectCall();
            Assert.StartsWith($"INVITE sip:hop{hop - 1}@", b.Asked.StartLine);
            Refuse(b, 302, headers: Contacts($"<sip:hop{hop}@x>"));
        }

        Bob.ExpectNothing();
        Fails(a, 480, CallCause.RedirectLoop, "bob");
    }

    [Fact]
    public void More_contacts_than_are_followed()
    {
        var (a, _) = Redirected(Contacts([.. Enumerable.Range(1, 60).Select(number => $"<sip:hop{number}@x>")]));
        for (var asked = 1; asked <= 16; asked++)
        {
            Refuse(Bob.ExpectCall(), 404);
        }

        Bob.ExpectNothing();
        Fails(a, 404, CallCause.CalleeRefused, "bob");
    }

    // ---- to a service, with early media, and given up

    [Fact]
    public void To_a_service()
    {
        var (a, _) = Redirected(Contacts("<sip:service@x>"));
        a.ExpectAnswered();
        Ports(1);
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void After_early_media_the_next_has_a_tag_of_its_own()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp());
        var early = a.Expect(183);
        Refuse(b, 302, headers: Contacts("<sip:200@x>"));
        var c = Carol.ExpectCall();
        c.Answer(183, Carol.Sdp());
        var next = a.Another();
        Assert.NotEqual(Tag(early), Tag(next.Expect(183)));
        Completes(next, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(180)]
    public void Cancelled_at_the_contact(int provisional)
    {
        var (a, _) = Redirected(Contacts("<sip:200@x>, <sip:300@x>"));
        var c = Carol.ExpectCall();
        if (provisional > 0)
        {
            c.Answer(provisional);
            a.Expect(provisional);
        }

        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        if (provisional == 0)
        {
            c.Answer(180);
        }

        c.ExpectCancel();
        Dave.ExpectNothing();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }
}
