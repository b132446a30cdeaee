using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>What a route lets through holds for every message of what it begins, in both directions and to the end.</summary>
public sealed class FilterTests : CallTest
{
    private const string Both = "X-Account: 7\r\nX-Secret: 1\r\nSubject: hello\r\n";

    private static readonly RouteFilter Filter = new()
    {
        Headers = new HeaderRules { Pass = ["X-Account"], Remove = ["Subject"] },
        Bodies = [Encoding.ASCII.GetBytes("application/dtmf-relay")],
        Called = new NumberPrefixes(["4"]),
    };

    protected override SceneOptions Options => new()
    {
        Routes = model => [SceneModel.Dialplan(SceneModel.Head("filtered", [new RealmCondition([model.Realms[SceneModel.Inside]])]) with { Filter = Filter }, RouteEdits.None, SceneModel.To(model.Bob))],
    };

    private static void Filtered(SentMessage message)
    {
        var text = Encoding.UTF8.GetString(message.Octets);
        Assert.Contains("X-Account: 7", text, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Subject", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_of_every_message_and_its_answer()
    {
        var a = Alice.Call("49", headers: Both);
        var b = Bob.ExpectCall();
        Filtered(b.Asked);
        b.Answer(180, headers: Both);
        Filtered(a.Expect(180));
        b.Accept();
        a.ExpectAnswered();
        foreach (var method in new[] { "INFO", "MESSAGE", "UPDATE", "NOTIFY" })
        {
            foreach (var (from, to) in new[] { (a, b), (b, a) })
            {
                from.Request(method, Both);
                var asked = to.ExpectRequest(method);
                Filtered(asked);
                to.AnswerTo(asked, 200, headers: Both);
                Filtered(from.Expect(200));
            }
        }

        b.Invite(Bob.Sdp(version: 2), Both);
        Filtered(a.ExpectRequest("INVITE"));
        a.Accept(Alice.Sdp(version: 2));
        b.ExpectAnswered();
        a.Bye(Both);
        a.Expect(200);
        Filtered(b.ExpectBye());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_body_that_is_not_taken_is_refused_at_first_and_later()
    {
        var refused = Alice.Dialog("49");
        refused.Invite("<x/>", type: "application/isup");
        refused.Expect(415);
        var a = Alice.Call("49");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        a.Request("INFO", body: "text", type: "text/plain");
        a.Expect(415);
        b.Request("INFO", body: "text", type: "text/plain");
        b.Expect(415);
        a.Request("INFO", body: "Signal=1\r\nDuration=100\r\n", type: "application/dtmf-relay");
        var info = b.ExpectRequest("INFO");
        Assert.Contains("Signal=1", Encoding.UTF8.GetString(info.Octets), StringComparison.Ordinal);
        b.AnswerTo(info, 200, "secret", type: "text/plain");
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(a.Expect(200).Octets), StringComparison.Ordinal);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void A_number_that_is_not_let_through_is_refused_at_first_and_in_a_transfer()
    {
        var refused = Alice.Call("0900");
        refused.Expect(403);
        var a = Alice.Call("49");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        foreach (var from in new[] { a, b })
        {
            from.Request("REFER", "Refer-To: <sip:0900@gw>\r\n");
            from.Expect(403);
        }

        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void A_request_outside_a_dialog_and_its_answer()
    {
        var plain = Alice.Dialog("49");
        plain.Request("MESSAGE", Both, "hello", "text/plain");
        plain.Expect(415);
        var a = Alice.Dialog("49");
        a.Request("MESSAGE", Both);
        var b = Bob.ExpectRequest("MESSAGE");
        Filtered(b);
        Bob.Send(SipAlg.Testing.Phones.ScriptedPhone.Answer(b, 200, "OK", "t", Both, "", ""));
        Filtered(a.Expect(200));
        Scene.End();
    }
}
