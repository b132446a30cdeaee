using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Redirections that go to the caller (<c>redirects: pass</c>): it comes back to the gateway by them.</summary>
public sealed class PassedRedirectTests : NextHopTest
{
    protected override SceneOptions Options => new()
    {
        Routes = model =>
        [
            Route("one", [SceneModel.To(model.Bob)], Pass),
            Route("two", [SceneModel.To(model.Bob), SceneModel.To(model.Carol)], head => Pass(head) with { TryNextOn = Statuses(300, 599) }),
            Route("ring", [SceneModel.To(model.Bob) with { Priority = 1 }, SceneModel.To(model.Carol) with { Priority = 1 }], head => Pass(head) with { RingsAll = true }),
            Route("mapped", [SceneModel.To(model.Bob)], head => Pass(head) with { MapStatus = new StatusMap([KeyValuePair.Create(302, 486)]) }),
        ],
    };

    private static RouteHead Pass(RouteHead head) => head with { FollowsRedirects = false };

    private static string[] Contacts(Testing.Lanes.SentMessage sent) =>
        [.. sent.Text.Split("\r\n").Where(line => line.StartsWith("Contact: ", StringComparison.Ordinal)).Select(line => line[9..])];

    [Theory]
    [InlineData(300)]
    [InlineData(302)]
    [InlineData(380)]
    public void With_contacts_at_our_address(int status)
    {
        Scene.Hide(SceneModel.Outside, "127.92.0.99");
        var a = Alice.Call("one");
        Refuse(Bob.ExpectCall(), status, "Moved as it came",
            "Contact: \"Secret desk\" <sip:200@127.92.0.99:5077;transport=tcp;user=phone>;q=0.5;expires=60;x=127.92.0.99, <sip:x%20y:pw@host.q7bobx.example?Route=%3Csip:q7bobx%3E>\r\n" +
            "Contact: <sips:300@q7bobx.example>;q=2, <tel:+49301;ext=2>;q=0.1, <mailto:bob@q7bobx.example>, <sip:q7bobx.example>, *\r\nX-Kept: yes\r\n");
        var response = Fails(a, status, CallCause.CalleeRefused, "bob");
        var gateway = $"{Scene.Model.InsideAddress}:5060";
        Assert.Equal($"SIP/2.0 {status} Moved as it came", response.StartLine);
        Assert.Equal([$"<sip:200@{gateway};user=phone>;q=0.5", $"<sip:x%20y@{gateway}>", $"<sip:300@{gateway}>", "<tel:+49301;ext=2>;q=0.1"], Contacts(response));
        Assert.Contains("\r\nX-Kept: yes\r\n", response.Text, StringComparison.Ordinal);
        Assert.StartsWith($"SIP;cause={status};", Reason(response));
    }

    [Fact]
    public void A_caller_over_tcp_comes_back_over_it()
    {
        var tess = Scene.Phone("tess", SceneModel.Inside, SceneModel.AliceAddress, 5065, connection: 7);
        var a = tess.Call("one");
        Refuse(Bob.ExpectCall(), 302, headers: "Contact: <sip:200@x>\r\n");
        Assert.Equal([$"<sip:200@{Scene.Model.InsideAddress}:5060;transport=tcp>"], Contacts(Fails(a, 302, CallCause.CalleeRefused, "bob")));
    }

    [Fact]
    public void It_may_lead_on_and_is_still_the_best()
    {
        var a = Alice.Call("two");
        Refuse(Bob.ExpectCall(), 302, headers: "Contact: <sip:200@x>\r\n");
        Refuse(Carol.ExpectCall(), 404);
        Assert.Single(Contacts(Fails(a, 302, CallCause.CalleeRefused, "bob")));
    }

    [Fact]
    public void Others_go_on_ringing()
    {
        var a = Alice.Call("ring");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        Refuse(b, 302, headers: "Contact: <sip:200@x>\r\n");
        Alice.ExpectNothing();
        Completes(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Mapped_to_a_failure_it_shows_no_contact()
    {
        var a = Alice.Call("mapped");
        Refuse(Bob.ExpectCall(), 302, headers: "Contact: <sip:200@x>\r\n");
        var response = Fails(a, 486, CallCause.CalleeRefused, "bob");
        Assert.Null(response.Header(HeaderId.Contact));
        Assert.StartsWith("SIP;cause=302;", Reason(response));
    }
}
