using System.Text.RegularExpressions;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Traces;

/// <summary>The header field that has a call's id (<c>trace: { header: … }</c>) in each INVITE that the gateway sends.</summary>
public sealed class IdFieldTests : CallTest
{
    private HeaderRules _bob = HeaderRules.None;
    private string? _field = "X-Call-Trace";

    protected override SceneOptions Options => new()
    {
        Calls = new CallSettings(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { IdField = _field },
        Peer = peer => peer with { Headers = peer.Name == "bob" ? _bob : HeaderRules.None },
        Routes = model =>
        [
            SceneModel.Dialplan(
                SceneModel.Head("edited", [SceneModel.Called("edited")]),
                new RouteEdits { Headers = [new("X-Call-Trace", null)] },
                SceneModel.To(model.Bob)),
        ],
    };

    private string Field => $"X-Call-Trace: {Assert.Single(Scene.Journal.Ended).IdText}";

    private static string[] In(string message) => [.. Regex.Matches(message, "^x-call-trace: [^\r\n]*", RegexOptions.Multiline | RegexOptions.IgnoreCase).Select(match => match.Value)];

    [Fact]
    public void Each_invite_to_either_side_has_it_once_and_what_a_side_wrote_there_does_not_cross()
    {
        var a = Alice.Call(headers: "X-Call-Trace: hers\r\n");
        var b = Bob.ExpectCall();
        string[] first = In(b.Asked.Text);
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2), "x-call-trace: hers\r\n");
        string[] second = In(b.ExpectRequest("INVITE").Text);
        b.Accept();
        a.ExpectAnswered();
        b.Invite(Bob.Sdp(version: 2), "X-Call-Trace: his\r\n");
        string[] third = In(a.ExpectRequest("INVITE").Text);
        a.Answer(200, Alice.Sdp(version: 3), headers: "X-Call-Trace: hers\r\n");
        var answer = b.ExpectAnswered().Text;
        a.ExpectRequest("ACK");
        HangUp(a, b);
        Scene.End();
        Assert.Equal([Field], first);
        Assert.Equal([Field], second);
        Assert.Equal([Field], third);
        Assert.Empty(In(answer));
    }

    [Fact]
    public void By_default_there_is_none()
    {
        _field = null;
        Alice.Call(headers: "X-Call-Trace: hers\r\n");
        Assert.Equal(["X-Call-Trace: hers"], In(Bob.ExpectCall().Asked.Text));
    }

    [Fact]
    public void A_peer_that_shall_not_see_it_does_not()
    {
        _bob = new HeaderRules { Remove = ["x-call-trace"] };
        Alice.Call();
        Assert.Empty(In(Bob.ExpectCall().Asked.Text));
    }

    [Fact]
    public void A_peer_that_gets_only_what_is_named_gets_it_when_it_is_named()
    {
        _bob = new HeaderRules { Pass = ["X-Other"] };
        Alice.Call();
        Assert.Empty(In(Bob.ExpectCall().Asked.Text));
    }

    [Fact]
    public void A_route_takes_it_away()
    {
        Alice.Call(called: "edited");
        Assert.Empty(In(Bob.ExpectCall().Asked.Text));
    }
}
