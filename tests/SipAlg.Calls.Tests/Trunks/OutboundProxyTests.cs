using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Trunks;

/// <summary>Requests go to a proxy, with the carrier's domain in the Request-URI (RFC 3261 §8.1.2, RFC 3608).</summary>
public sealed class OutboundProxyTests : TrunkTest
{
    private bool _hasProxy = true;

    protected override Peer Trunk(Peer peer)
    {
        var trunk = base.Trunk(peer);
        return _hasProxy ? trunk with { Address = Parse("sip:carrier.example"), OutboundProxy = Parse($"sip:{SceneModel.BobAddress}:5060"), AcceptFrom = [], AcceptsResolvedAddress = true } : trunk;
    }

    private const string Proxy = $"<sip:{SceneModel.BobAddress}:5060;lr>";

    private Testing.Phones.PhoneDialog Called(Testing.Phones.ScriptedPhone? at = null)
    {
        var a = Alice.Call("49555");
        var b = (at ?? Bob).ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        return b;
    }

    [Fact]
    public void REGISTER_and_INVITE_name_the_carrier_and_go_to_the_proxy()
    {
        var register = Registered();
        Assert.Equal(("sip:carrier.example", Proxy), (RequestUri(register), register.Header(HeaderId.Route)));
        var invite = Called().Asked;
        Assert.Equal(("sip:49555@carrier.example", Proxy), (RequestUri(invite), invite.Header(HeaderId.Route)));
        End();
    }

    /// <summary>RFC 3261 §12.1.2: the routes of a dialog are those that were recorded.</summary>
    [Fact]
    public void In_the_dialog_the_recorded_routes_count()
    {
        Registered();
        var a = Alice.Call("49555");
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: $"Record-Route: <sip:{SceneModel.BobAddress};lr>, <sip:inner.example;lr>\r\n");
        Assert.Equal($"<sip:inner.example;lr>, <sip:{SceneModel.BobAddress};lr>", b.ExpectRequest("ACK").Header(HeaderId.Route)!.Replace(">,<", ">, <", StringComparison.Ordinal), ignoreCase: true);
        a.ExpectAnswered();
        a.Bye();
        a.Expect(200);
        Scene.Advance(0);
        Scene.Unclaimed.Clear();
        Stop();
    }

    [Fact]
    public void The_proxy_may_call_in()
    {
        Registered();
        var call = Bob.Call("49301234");
        var a = Alice.ExpectCall();
        a.Accept();
        call.ExpectAnswered();
        HangUp(call, a);
        Assert.Equal("bob", Scene.Journal.Ended[0].FromPeer);
        End();
    }

    [Fact]
    public void Service_routes_come_behind_the_proxy()
    {
        Registered(headers: "Service-Route: <sip:first.example;lr>\r\nService-Route: <sip:second.example;lr>\r\n");
        Assert.Equal($"{Proxy}, <sip:first.example;lr>, <sip:second.example;lr>", Called().Asked.Header(HeaderId.Route));
        End();
    }

    [Fact]
    public void A_service_route_that_begins_at_the_proxy_names_it_once()
    {
        Registered(headers: $"Service-Route: <sip:{SceneModel.BobAddress};lr>, <sip:second.example;lr>\r\n");
        Assert.Equal($"<sip:{SceneModel.BobAddress};lr>, <sip:second.example;lr>", Called().Asked.Header(HeaderId.Route));
        End();
    }

    [Fact]
    public void Without_a_proxy_requests_go_to_the_first_service_route()
    {
        _hasProxy = false;
        Registered(headers: $"Service-Route: <sip:{SceneModel.CarolAddress};lr>\r\n");
        var invite = Called(Carol).Asked;
        Assert.Equal(("sip:49555@carrier.example", $"<sip:{SceneModel.CarolAddress};lr>"), (RequestUri(invite), invite.Header(HeaderId.Route)));
        End();
    }

    [Fact]
    public void A_service_route_by_name_is_looked_for()
    {
        _hasProxy = false;
        Scene.Names.Set("edge.example", SceneModel.CarolAddress + ":5060");
        Registered(headers: "Service-Route: <sip:edge.example;lr>\r\n");
        Scene.Resolve();
        Assert.Equal("<sip:edge.example;lr>", Called(Carol).Asked.Header(HeaderId.Route));
        End();
    }

    [Fact]
    public void A_registrar_that_names_none_any_more_takes_it_back()
    {
        _hasProxy = false;
        Registered(60, $"Service-Route: <sip:{SceneModel.CarolAddress};lr>\r\n");
        var (_, refresh) = NextRegister(60_000);
        Assert.Null(refresh.Header(HeaderId.Route));
        Grant(refresh);
        Assert.Null(Called().Asked.Header(HeaderId.Route));
        End();
    }

    [Fact]
    public void It_ends_with_the_registration()
    {
        _hasProxy = false;
        Registered(60, $"Service-Route: <sip:{SceneModel.CarolAddress};lr>\r\n");
        for (var left = 60_000L; left > 0;)
        {
            var (after, refresh) = NextRegister(200_000);
            Answer(refresh, 500);
            left -= after;
        }

        Assert.Null(Called().Asked.Header(HeaderId.Route));
        Stop();
        Scene.End();
    }

    /// <summary>A registrar that refuses is not asked again for minutes: what it said before holds to its end and no longer.</summary>
    [Theory]
    [InlineData(29_000, true)]
    [InlineData(61_000, false)]
    public void After_a_refused_refresh_it_ends_when_the_grant_does(long after, bool isGood)
    {
        _hasProxy = false;
        Registered(60, $"Service-Route: <sip:{SceneModel.CarolAddress};lr>\r\n");
        var (waited, refresh) = NextRegister(60_000);
        Answer(refresh, 403);
        Scene.Advance(Math.Max(after - waited, 0));
        Assert.Equal(isGood, Called(isGood ? Carol : Bob).Asked.Header(HeaderId.Route) is not null);
        Stop();
        Scene.End();
    }

    [Theory]
    [InlineData("Service-Route: nonsense\r\n")]
    [InlineData("Service-Route: <tel:123>\r\n")]
    [InlineData("Service-Route: \r\n")]
    public void A_service_route_that_is_none_is_not_taken(string header)
    {
        _hasProxy = false;
        Registered(headers: header);
        Assert.Null(Called().Asked.Header(HeaderId.Route));
        End();
    }
}
