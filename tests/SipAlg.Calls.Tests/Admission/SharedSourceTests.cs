using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>Bob and carol are told apart by the host that is called, and may come from any address of one network.</summary>
public sealed class SharedSourceTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name is "bob" or "carol"
            ? peer with { AcceptFrom = [new IpNetwork(IpAddress.Parse("127.92.0.0"), 24)], MatchDomains = [$"{peer.Name}.example"] }
            : peer,
        Routes = model => [SceneModel.Route("carol", [SceneModel.Called("carol")], SceneModel.To(model.Carol))],
    };

    [Theory]
    [InlineData("bob", "127.92.0.21", true)]
    [InlineData("carol", "127.92.0.31", true)]
    [InlineData("carol", "127.92.7.31", false)]
    public void A_dialog_goes_on_from_another_address_of_its_peer(string name, string source, bool isTaken)
    {
        var phone = name == "bob" ? Bob : Scene.Carol;
        var a = Alice.Call(name);
        var b = phone.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        var other = Scene.Phone("other", SceneModel.Outside, source, 5060);
        other.Send($"BYE sip:x@{Scene.Model.OutsideAddress} SIP/2.0\r\nVia: SIP/2.0/UDP {source}:5060;rport;branch=z9hG4bKelsewhere\r\nMax-Forwards: 70\r\n" +
            $"From: <sip:{name}@{phone.Host}>;tag={b.LocalTag}\r\nTo: <sip:alice@gw>;tag={b.RemoteTag}\r\nCall-ID: {b.CallId}\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n");
        other.ExpectResponse(isTaken ? 200 : 481);
        if (isTaken)
        {
            a.ExpectBye();
        }
        else
        {
            HangUp(a, b);
        }

        Scene.End(isTaken ? CallCause.CalleeHungUp : CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
