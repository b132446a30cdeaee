using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Transfers that the gateway carries out, whoever of alice and bob asks.</summary>
public abstract class TransferBlindTest : TransferTest
{
    private protected override TransferMode Mode => TransferMode.Gateway;

    private protected override IEnumerable<Route> MoreRoutes(SceneModel model) =>
    [
        SceneModel.Route("nobody", [SceneModel.Called("nobody")], new Rejection(404, null)),
        SceneModel.Route("only for alice", [SceneModel.Called("secret"), new PeerCondition([model.Alice])], SceneModel.To(model.Carol)),
        SceneModel.Route("not for others", [SceneModel.Called("secret")], new Rejection(403, null)),
        SceneModel.Dialplan(SceneModel.Head("two", [SceneModel.Called("two")], StatusSet.Default), RouteEdits.None, SceneModel.To(model.Carol), SceneModel.To(model.Dave)),
    ];

    /// <summary>Who transfers, who is transferred, and their phones.</summary>
    private protected (PhoneDialog By, PhoneDialog Stays, ScriptedPhone From, ScriptedPhone Other) Sides(bool isCaller)
    {
        var (a, b) = Talk(Alice, Bob);
        return isCaller ? (a, b, Alice, Bob) : (b, a, Bob, Alice);
    }

    private protected void StillTalking(PhoneDialog a, PhoneDialog b)
    {
        a.Invite(Alice.Sdp(version: 9));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 9));
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Empty(Scene.Journal.Ended[0].Transfers);
    }
}
