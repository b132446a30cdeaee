using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Routes with several targets, and what their tests look at.</summary>
public abstract class NextHopTest : CallTest
{
    protected ScriptedPhone Carol => Scene.Carol;
    protected ScriptedPhone Dave => Scene.Dave;

    protected static Route Route(string called, RouteTarget[] targets, Func<RouteHead, RouteHead>? change = null, Condition? condition = null) =>
        SceneModel.Dialplan(Changed(SceneModel.Head(called, [SceneModel.Called(called), .. condition is null ? Array.Empty<Condition>() : [condition]]), change), RouteEdits.None, targets);

    private static RouteHead Changed(RouteHead head, Func<RouteHead, RouteHead>? change) => change is null ? head : change(head);

    protected static StatusSet Statuses(int first, int last) => new([new StatusRange(first, last)]);

    protected static RouteTarget Uri(string uri, int realm = SceneModel.Outside) => new() { Kind = TargetKind.Uri, Uri = uri, Realm = realm };

    protected static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    protected static string Tag(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse()[sent.Parse().ToTag]);

    protected static string? Reason(SentMessage sent) => sent.Header(HeaderId.Reason);

    /// <summary>The media ports in use once the relay has closed what was given back.</summary>
    protected void Ports(int expected) =>
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == expected, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports are in use, not {expected}");

    /// <summary>Refuses the gateway's INVITE and sees the ACK.</summary>
    protected static void Refuse(PhoneDialog callee, int status, string phrase = "Phrase", string headers = "")
    {
        callee.Answer(status, phrase: phrase, headers: headers);
        callee.ExpectRequest("ACK");
    }

    /// <summary>The callee answers, and the two hang up.</summary>
    protected void Completes(PhoneDialog caller, PhoneDialog callee)
    {
        callee.Accept();
        caller.ExpectAnswered();
        Ports(2);
        HangUp(caller, callee);
    }

    /// <summary>The caller is refused, and the call ends so.</summary>
    protected SentMessage Fails(PhoneDialog caller, int status, CallCause cause, string? peer)
    {
        var response = caller.Expect(status);
        Ports(0);
        var record = Scene.End(cause, CallOutcome.Failed, status);
        Assert.Equal(peer, record.ToPeer);
        return response;
    }
}
