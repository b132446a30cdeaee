using System.Net;
using System.Net.Sockets;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Who is transferred while it moves to the other address family: its ports stay those of the session that it has.</summary>
public sealed class FamilyTransferTests : TransferTest, IDisposable
{
    private readonly Socket _alice = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _v6 = Sockets.On("::1");
    private readonly Socket _bob = Sockets.On(SceneModel.BobAddress);
    private readonly Socket _carol = Sockets.On(SceneModel.CarolAddress);

    private protected override TransferMode Mode => TransferMode.Gateway;

    protected override SceneOptions Options => base.Options with
    {
        Realm = realm => realm.Index == SceneModel.Inside ? realm with { Media = realm.Media with { BindV6 = IpAddress.Parse("::1") } } : realm,
    };

    private IPEndPoint Outside(string body) => Sockets.Endpoint(Scene.Model.OutsideAddress, body);

    [Fact]
    public void Early_media_of_the_target_is_no_answer_to_who_moves()
    {
        var a = Alice.Call(body: Alice.Sdp(port: Sockets.Port(_alice)));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob)));
        var (fromAlice, fromBob) = (Sockets.Endpoint(Scene.Model.InsideAddress, Body(a.ExpectAnswered())), Outside(Body(b.Asked)));
        a.Invite(Alice.Sdp(port: Sockets.Port(_v6), version: 2).Replace($"c=IN IP4 {SceneModel.AliceAddress}", "c=IN IP6 ::1", StringComparison.Ordinal));
        b.ExpectRequest("INVITE");
        Refer(Bob, b, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(183, Carol.Sdp(port: Sockets.Port(_carol)));
        ExpectReport(b, 183);
        Sockets.Crosses(_carol, Outside(Body(c.Asked)), _alice, fromAlice);
        Sockets.Crosses(_alice, fromAlice, _carol, Outside(Body(c.Asked)));
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        ExpectReport(b, 486);
        b.Answer(488);
        b.ExpectRequest("ACK");
        a.Expect(488);
        Sockets.Crosses(_alice, fromAlice, _bob, fromBob);
        Sockets.Crosses(_bob, fromBob, _alice, fromAlice);
        HangUp(a, b);
        Scene.End();
    }

    public new void Dispose()
    {
        base.Dispose();
        _alice.Dispose();
        _v6.Dispose();
        _bob.Dispose();
        _carol.Dispose();
    }
}
