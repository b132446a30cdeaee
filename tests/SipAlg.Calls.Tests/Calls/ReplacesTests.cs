using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>An INVITE that is to take the place of one side of a call (RFC 3891 §3).</summary>
public sealed class ReplacesTests : TransferTest
{
    private protected override IEnumerable<Route> MoreRoutes(SceneModel model) =>
        [SceneModel.Route("back", [SceneModel.Called("back")], SceneModel.To(model.Bob))];

    /// <summary>A phone of the PBX at bob's address follows a Refer-To by way of the gateway.</summary>
    [Theory]
    [InlineData("back")]
    [InlineData("bob")]
    public void A_dialog_of_the_target_keeps_its_name(string called)
    {
        var (a, b) = Talk(Alice, Bob);
        var caller = called == "back" ? Bob : Alice;
        var e = caller.Call(called, headers: $"Replaces: {(called == "back" ? OwnName(b) : Replaces(a))}\r\n");
        if (caller == Bob)
        {
            Bob.ExpectResponse(100);
        }

        var f = Bob.ExpectCall();
        Assert.Equal(OwnName(b), f.Asked.Header(HeaderId.Replaces));
        Assert.Null(f.Asked.Header(HeaderId.Require));
        f.Answer(486);
        Bob.ExpectRequest("ACK");
        e.Expect(486);
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>Alice's call rings, and a phone beside hers takes it over: the far side that calls gets the name of its own dialog.</summary>
    [Fact]
    public void An_early_dialog_may_be_replaced()
    {
        var b = Bob.Call("alice", headers: Supports);
        var a = Alice.ExpectCall();
        a.Answer(180);
        b.Expect(180);
        var e = Alice.Call("bob", headers: $"Replaces: {a.CallId};to-tag={a.RemoteTag};from-tag={a.LocalTag};early-only\r\n");
        var f = Bob.ExpectCall();
        Assert.Equal($"{b.CallId};to-tag={b.LocalTag};from-tag={b.RemoteTag};early-only", f.Asked.Header(HeaderId.Replaces));
        f.Accept();
        e.ExpectAnswered();
        b.Cancel();
        Bob.ExpectResponse(200);
        a.ExpectCancel();
        b.Expect(487);
        HangUp(e, f);
        Scene.End();
    }

    [Theory]
    [InlineData("{0};to-tag={1};from-tag=wrong", 481)]
    [InlineData("wrong;to-tag={1};from-tag={2}", 481)]
    [InlineData("{0};to-tag=wrong;from-tag={1}", 481)]
    [InlineData("{0};to-tag={1};from-tag={2};early-only", 486)]
    [InlineData("{0};to-tag={1}", 400)]
    [InlineData("{0};to-tag={1};from-tag={2}\r\nReplaces: {0};to-tag={1};from-tag={2}", 400)]
    [InlineData("{0};to-tag={1};from-tag={2}\r\nJoin: {0};to-tag={1};from-tag={2}", 400)]
    public void What_names_no_dialog_that_may_be_replaced(string replaces, int status)
    {
        var (a, b) = Talk(Alice, Bob);
        var e = Alice.Call(headers: "Replaces: " + string.Format(System.Globalization.CultureInfo.InvariantCulture, replaces, a.CallId, a.RemoteTag, a.LocalTag) + "\r\n");
        e.Expect(status);
        Bob.ExpectNothing();
        HangUp(a, b);
        Scene.End();
        Assert.Equal(CallCause.NothingToReplace, Scene.Journal.Ended[0].Cause);
        Assert.Equal(CallOutcome.Rejected, Scene.Journal.Ended[0].Outcome);
    }

    [Fact]
    public void A_dialog_that_has_ended_is_603()
    {
        var (a, b) = Talk(Alice, Bob);
        a.Bye();
        a.Expect(200);
        var e = Alice.Call(headers: $"Replaces: {Replaces(a)}\r\n");
        e.Expect(603);
        b.ExpectBye();
        Scene.End();
    }

    [Fact]
    public void What_the_dialplan_forbids_is_not_replaced_either()
    {
        var (a, b) = Talk(Alice, Bob);
        Alice.Call("barred", headers: $"Replaces: {Replaces(a)}\r\n").Expect(403);
        HangUp(a, b);
        Scene.End();
    }
}
