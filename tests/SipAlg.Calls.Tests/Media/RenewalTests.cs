using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Signaling.Identifiers;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>The streams of a call whose sides are offered again what they have, over real sockets.</summary>
public sealed class RenewalTests : CallTest
{
    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private void Ask(PhoneDialog dialog)
    {
        Assert.True(MintedId.TryParse(Encoding.UTF8.GetBytes(dialog.RemoteTag), out var id));
        var call = (Call)Scene.Calls.At(id.Slot)!;
        var leg = (Leg)call.LegWith(id.Secret, Encoding.UTF8.GetBytes(dialog.LocalTag))!;
        Scene.Turn(() => call.AskOwn(leg, OwnInvitePurpose.Refresh, default));
    }

    [Fact]
    public void A_side_that_has_moved_is_followed_and_the_other_notices_nothing()
    {
        using var alice = Sockets.On(SceneModel.AliceAddress);
        using var bob = Sockets.On(SceneModel.BobAddress);
        using var moved = Sockets.On(SceneModel.BobAddress);
        var a = Alice.Call(body: Alice.Sdp(port: Sockets.Port(alice)));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(port: Sockets.Port(bob)));
        var towardsBob = Sockets.Endpoint(Scene.Model.InsideAddress, Body(a.ExpectAnswered()));
        var towardsAlice = Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.Asked));
        Sockets.Crosses(alice, towardsBob, bob, towardsAlice);
        Sockets.Crosses(bob, towardsAlice, alice, towardsBob);

        Ask(b);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(port: Sockets.Port(moved), version: 2));
        Alice.ExpectNothing();
        Sockets.Crosses(alice, towardsBob, moved, towardsAlice);
        Sockets.Crosses(moved, towardsAlice, alice, towardsBob);

        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp(port: Sockets.Port(alice)));
        Bob.ExpectNothing();
        Sockets.Crosses(alice, towardsBob, moved, towardsAlice);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void A_stream_that_is_refused_is_sent_nowhere_and_the_others_go_on()
    {
        using var alice = Sockets.On(SceneModel.AliceAddress);
        using var bob = Sockets.On(SceneModel.BobAddress);
        using var video = Sockets.On(SceneModel.BobAddress);
        var a = Alice.Call(body: Alice.Sdp(port: Sockets.Port(alice), media: "m=video 5000 RTP/AVP 96\r\n"));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(port: Sockets.Port(bob), media: $"m=video {Sockets.Port(video)} RTP/AVP 96\r\n"));
        var answer = Body(a.ExpectAnswered());
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(port: Sockets.Port(bob), version: 2, media: "m=video 0 RTP/AVP 96\r\n"));
        var towardsVideo = Sockets.Endpoint(Scene.Model.InsideAddress, answer, "m=video");
        Sockets.Send(alice, towardsVideo);
        Sockets.Crosses(alice, Sockets.Endpoint(Scene.Model.InsideAddress, answer), bob, Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.Asked)));
        Assert.Equal(0, video.Available);
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp(port: Sockets.Port(alice), version: 2, media: "m=video 0 RTP/AVP 96\r\n"));
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void An_echo_follows_a_phone_that_has_moved()
    {
        using var before = Sockets.On(SceneModel.AliceAddress);
        using var moved = Sockets.On(SceneModel.AliceAddress);
        var a = Alice.Call("echo", Alice.Sdp(port: Sockets.Port(before)));
        var service = Sockets.Endpoint(Scene.Model.InsideAddress, Body(a.ExpectAnswered()));
        Sockets.Crosses(before, service, before, service);
        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp(port: Sockets.Port(moved), version: 2));
        Sockets.Crosses(moved, service, moved, service);
        a.Bye();
        a.Expect(200);
        Scene.End();
    }

    /// <summary>Nothing of it is a change: the answer to an offer is never wider than the offer (RFC 3264 §6).</summary>
    [Theory]
    [InlineData("", "a=recvonly\r\n", "a=sendonly\r\n", "8 0 101", "8", "8")]
    [InlineData("a=sendonly\r\n", "a=recvonly\r\n", "a=sendonly\r\n", "8 0 101", "0 101", "0 101")]
    [InlineData("a=inactive\r\n", "a=inactive\r\n", "a=inactive\r\n", "0 8", "8 0", "0 8")]
    [InlineData("", "", "", "8 0 101", "8 0 9", "8 0 9")]
    public void An_answer_as_the_exchange_before_it_leads_to_is_no_change(string offered, string answered, string now, string formats, string taken, string again)
    {
        var a = Alice.Call(body: Alice.Sdp(1, null, $"m=audio 4000 RTP/AVP {formats}\r\n{offered}"));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(1, null, $"m=audio 4000 RTP/AVP {taken}\r\n{answered}"));
        a.ExpectAnswered();
        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp(2, null, $"m=audio 4000 RTP/AVP {again}\r\n{now}"));
        Bob.ExpectNothing();
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData("8 0 101", "8 0", "8", "")]
    [InlineData("8 0", "8 0", "8 0", "a=sendonly\r\n")]
    [InlineData("8 0", "8 0", "8 0", "c=IN IP4 0.0.0.0\r\n")]
    public void What_is_a_change(string formats, string taken, string again, string now)
    {
        var a = Alice.Call(body: Alice.Sdp(1, null, $"m=audio 4000 RTP/AVP {formats}\r\n"));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(1, null, $"m=audio 4000 RTP/AVP {taken}\r\n"));
        a.ExpectAnswered();
        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp(2, null, $"m=audio 4000 RTP/AVP {again}\r\n{now}"));
        Assert.Contains($" RTP/AVP {again}\r\n{now}", Body(b.ExpectRequest("INVITE")), StringComparison.Ordinal);
        b.Accept();
        Alice.ExpectNothing();
        HangUp(a, b);
        Scene.End();
    }
}
