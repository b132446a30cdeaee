using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>A peer's <c>headers</c>: what goes to it, of everything that would cross.</summary>
public sealed class HeaderRuleTests : CallTest
{
    private const string Sent =
        "X-Kept: 1\r\nX-Dropped: 2\r\nUser-Agent: phone\r\ns: hello\r\nx-kept: 3\r\nr: <sip:carol@elsewhere.example>\r\nUser-to-User: 56a390f3;encoding=hex\r\nMIME-Version: 1.0\r\nContent-Language: de\r\n";

    private HeaderRules _bob = HeaderRules.None;
    private HeaderRules _alice = HeaderRules.None;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { Headers = peer.Name switch { "alice" => _alice, "bob" => _bob, _ => HeaderRules.None } },
        Routes = model =>
        [
            SceneModel.Dialplan(
                SceneModel.Head("edited", [SceneModel.Called("edited")]),
                new RouteEdits { Headers = [new("X-Route", SceneModel.Template("out")), new("X-Dropped", SceneModel.Template("by the route")), new("X-Gone", null)] },
                SceneModel.To(model.Bob)),
        ],
    };

    [Fact]
    public void Without_rules_everything_crosses()
    {
        Alice.Call(headers: Sent);
        foreach (var line in Sent.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != 'r'))
        {
            Assert.Contains($"\r\n{line}\r\n", Bob.Inbox[^1].Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_removed_does_not_go_to_the_peer_in_any_message()
    {
        _bob = new HeaderRules { Remove = ["x-DROPPED", "User-Agent", "Subject", "Refer-To"] };
        var a = Alice.Call(headers: Sent);
        var b = Bob.ExpectCall();
        Lacks(b.Asked.Text, "X-Dropped", "User-Agent", "s", "Refer-To");
        Has(b.Asked.Text, "X-Kept: 1", "x-kept: 3", "User-to-User: 56a390f3;encoding=hex");
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2), Sent);
        Lacks(b.ExpectRequest("INVITE").Text, "X-Dropped", "User-Agent", "s", "Refer-To");
        b.Accept();
        a.ExpectAnswered();
        b.Invite(Bob.Sdp(version: 2));
        a.ExpectRequest("INVITE");
        a.Answer(200, Alice.Sdp(version: 3), headers: Sent);
        Lacks(b.ExpectAnswered().Text, "X-Dropped", "User-Agent", "s", "Refer-To");
        a.ExpectRequest("ACK");
        a.Bye(Sent);
        a.Expect(200);
        Lacks(b.ExpectBye().Text, "X-Dropped", "User-Agent", "s", "Refer-To");
        Scene.End();
    }

    [Fact]
    public void What_is_removed_for_one_peer_goes_to_the_other()
    {
        _bob = new HeaderRules { Remove = ["X-Dropped"] };
        var a = Alice.Call(headers: Sent);
        var b = Bob.ExpectCall();
        b.Answer(486, headers: Sent);
        b.ExpectRequest("ACK");
        Has(a.Expect(486).Text, "X-Dropped: 2", "s: hello");
        Scene.End();
    }

    /// <summary>The rules are those of the one who gets the message, also when that is the caller.</summary>
    [Fact]
    public void A_caller_has_rules_too()
    {
        _alice = new HeaderRules { Remove = ["User-Agent"], Pass = ["X-Kept"], Add = [new("X-Own", "1")] };
        var a = Alice.Call(headers: Sent);
        var b = Bob.ExpectCall();
        Has(b.Asked.Text, "User-Agent: phone", "X-Dropped: 2");
        b.Answer(486, headers: Sent);
        b.ExpectRequest("ACK");
        var refused = a.Expect(486).Text;
        Lacks(refused, "User-Agent", "X-Dropped", "s", "User-to-User", "X-Own");
        Has(refused, "X-Kept: 1", "x-kept: 3");
        Scene.End();
    }

    [Fact]
    public void Of_what_is_not_understood_only_what_is_passed_goes()
    {
        _bob = new HeaderRules { Pass = ["X-Kept", "Subject"] };
        Alice.Call(headers: Sent);
        var seen = Bob.ExpectCall().Asked.Text;
        Has(seen, "X-Kept: 1", "x-kept: 3", "s: hello", "User-Agent: phone", "MIME-Version: 1.0", "Content-Language: de");
        Lacks(seen, "X-Dropped", "User-to-User");
        Assert.Contains("\r\nRefer-To: ", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_list_passes_nothing_that_is_not_understood()
    {
        _bob = new HeaderRules { Pass = [] };
        Alice.Call(headers: Sent);
        var seen = Bob.ExpectCall().Asked.Text;
        Lacks(seen, "X-Kept", "X-Dropped", "s", "User-to-User");
        Has(seen, "User-Agent: phone", "Content-Language: de");
    }

    [Fact]
    public void What_is_added_stands_in_requests_that_begin_a_dialog()
    {
        _bob = new HeaderRules { Add = [new("X-Trunk", "4711"), new("User-Agent", "SipAlg"), new("X-Kept", "own")] };
        var a = Alice.Call(headers: Sent);
        var b = Bob.ExpectCall();
        Has(b.Asked.Text, "X-Trunk: 4711", "User-Agent: SipAlg", "X-Kept: own", "X-Dropped: 2");
        Assert.DoesNotContain("User-Agent: phone", b.Asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("x-kept: 3", b.Asked.Text, StringComparison.Ordinal);
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2), Sent);
        var again = b.ExpectRequest("INVITE").Text;
        Lacks(again, "X-Trunk");
        Has(again, "User-Agent: phone", "X-Kept: 1");
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void What_the_route_says_goes_before_the_peers_rules()
    {
        _bob = new HeaderRules { Remove = ["X-Dropped", "X-Route"], Add = [new("X-Dropped", "by the peer"), new("X-Gone", "back"), new("X-Own", "1")] };
        Alice.Call("edited", headers: Sent);
        var seen = Bob.ExpectCall().Asked.Text;
        Has(seen, "X-Route: out", "X-Dropped: by the route", "X-Own: 1");
        Assert.DoesNotContain("by the peer", seen, StringComparison.Ordinal);
        Lacks(seen, "X-Gone");
    }

    private static void Has(string message, params string[] lines) => Assert.All(lines, line => Assert.Contains($"\r\n{line}\r\n", message, StringComparison.Ordinal));

    private static void Lacks(string message, params string[] names) => Assert.All(names, name => Assert.DoesNotContain($"\r\n{name}: ", message, StringComparison.OrdinalIgnoreCase));
}
