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
        SceneModel.Route("by number", [SceneModel.Called("premium"), new NumberCondition(false, new ListedNumbers(["+49301"]))], SceneModel.To(model.Carol)),
        SceneModel.Route("not for other numbers", [SceneModel.Called("premium")], new Rejection(403, null)),
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

    /// <summary>RFC 3325 §5: of a trusted peer's caller counts what the peer asserts, as when it called, and not what stands in From.</summary>
    [Theory]
    [InlineData("+49301", "+49309", false)]
    [InlineData("+49309", "+49301", true)]
    public void The_number_is_the_one_that_was_asserted(string from, string asserted, bool isCalled)
    {
        var a = Alice.Dialog();
        a.SetFrom($"<sip:{from}@{Alice.Host}>");
        a.Invite(Alice.Sdp(), Supports + $"P-Asserted-Identity: <sip:{asserted}@{Alice.Host}>\r\n");
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: Supports);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        Refer(Alice, a, ReferTo("premium", "gw"));
        if (isCalled)
        {
            Carol.ExpectCall().Answer(486);
            Carol.ExpectRequest("ACK");
        }

        Carol.ExpectNothing();
        ExpectReport(a, isCalled ? 486 : 403);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
