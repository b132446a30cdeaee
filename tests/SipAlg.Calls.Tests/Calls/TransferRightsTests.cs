using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>With whose rights the target of a transfer is looked for.</summary>
public sealed class TransferRightsTests : TransferTest
{
    private const string Elsewhere = "127.91.0.99";

    private protected override TransferMode Mode => TransferMode.Gateway;

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer.Name == "alice"
            ? peer with { Transfer = Mode, AcceptFrom = [new IpNetwork(IpAddress.Parse("127.91.0.0"), 24)] }
            : peer with { Transfer = Mode },
    };

    private protected override IEnumerable<Route> MoreRoutes(SceneModel model) =>
    [
        SceneModel.Route("by source", [SceneModel.Called("secret"), new SourceCondition([new IpNetwork(IpAddress.Parse(Elsewhere), 32)])], SceneModel.To(model.Carol)),
        SceneModel.Route("not for others", [SceneModel.Called("secret")], new Rejection(403, null)),
    ];

    /// <summary>A Contact moves where requests go to, and nothing else: it would give its writer the rights of any address of the peer.</summary>
    [Fact]
    public void The_source_is_where_the_refer_came_from()
    {
        var other = Scene.Phone("other", SceneModel.Inside, Elsewhere, 5060);
        var (a, b) = Talk(Alice, Bob);
        a.Contact = $"sip:alice@{Elsewhere}:5060";
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        a.ExpectAnswered();
        a.Request("REFER", ReferTo("secret", "gw"));
        Alice.ExpectResponse(202);
        a.AnswerTo(other.ExpectRequest("NOTIFY"), 200);
        Carol.ExpectNothing();
        var report = other.ExpectRequest("NOTIFY");
        Assert.StartsWith("SIP/2.0 403 ", Body(report), StringComparison.Ordinal);
        a.AnswerTo(report, 200);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
