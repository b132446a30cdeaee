using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Media;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>
/// Where packets go while a session is agreed on anew (RFC 3264 §8), over real sockets: none to an old address once the answer is
/// applied, and none lost on the way where nothing has moved.
/// </summary>
public sealed class RenegotiationTests : CallTest, IDisposable
{
    private readonly Socket _alice = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _bob = Sockets.On(SceneModel.BobAddress);
    private PhoneDialog _a = null!;
    private PhoneDialog _b = null!;
    private IPEndPoint _fromAlice = null!;
    private IPEndPoint _fromBob = null!;

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private static string Audio(Socket socket, string attributes = "") => $"m=audio {Sockets.Port(socket)} RTP/AVP 8\r\n{attributes}";

    /// <summary>Alice and bob talk, with what each has besides audio.</summary>
    private void Talk(string aliceMedia = "", string bobMedia = "")
    {
        _a = Alice.Call(body: Alice.Sdp(1, null, Audio(_alice) + aliceMedia));
        _b = Bob.ExpectCall();
        _b.Accept(Bob.Sdp(1, null, Audio(_bob) + bobMedia));
        _fromAlice = Sockets.Endpoint(Scene.Model.InsideAddress, Body(_a.ExpectAnswered()));
        _fromBob = Sockets.Endpoint(Scene.Model.OutsideAddress, Body(_b.Asked));
        TalkOn();
    }

    private void TalkOn()
    {
        Sockets.Crosses(_alice, _fromAlice, _bob, _fromBob);
        Sockets.Crosses(_bob, _fromBob, _alice, _fromAlice);
    }

    /// <summary>One offers by re-INVITE or UPDATE; what the other sees.</summary>
    private string Offer(PhoneDialog from, PhoneDialog to, string method, string description)
    {
        if (method == "INVITE")
        {
            from.Invite(description);
        }
        else
        {
            from.Request(method, body: description);
        }

        return Body(_asked = to.ExpectRequest(method));
    }

    private SentMessage _asked = null!;

    /// <summary>The other answers; what who has offered sees.</summary>
    private string Answer(PhoneDialog from, PhoneDialog to, string method, string description)
    {
        if (method == "INVITE")
        {
            to.Accept(description);
            return Body(from.ExpectAnswered());
        }

        to.AnswerTo(_asked, 200, description);
        return Body(from.Phone.ExpectResponse(200));
    }

    private void End()
    {
        HangUp(_a, _b);
        Scene.End();
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    public void A_moved_address_has_every_packet_from_the_answer_on(string method)
    {
        using var moved = Sockets.On(SceneModel.AliceAddress);
        Talk();
        var offer = Offer(_a, _b, method, Alice.Sdp(2, null, Audio(moved)));
        Assert.Equal(_fromBob, Sockets.Endpoint(Scene.Model.OutsideAddress, offer));
        TalkOn();
        var answer = Answer(_a, _b, method, Bob.Sdp(2, null, Audio(_bob)));
        Assert.Equal(_fromAlice, Sockets.Endpoint(Scene.Model.InsideAddress, answer));
        Sockets.Crosses(_bob, _fromBob, moved, _fromAlice);

        // Still under way from the old port: neither heard nor followed.
        Sockets.Send(_alice, _fromAlice);
        Sockets.Crosses(_bob, _fromBob, moved, _fromAlice);
        Sockets.Crosses(moved, _fromAlice, _bob, _fromBob);
        Sockets.Crosses(_bob, _fromBob, moved, _fromAlice);
        Assert.Equal(0, _alice.Available);
        Assert.Equal(0, _bob.Available);
        End();
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    public void Who_answers_from_a_new_address_has_every_packet_there(string method)
    {
        using var moved = Sockets.On(SceneModel.BobAddress);
        Talk();
        Offer(_a, _b, method, Alice.Sdp(2, null, Audio(_alice)));
        TalkOn();
        Answer(_a, _b, method, Bob.Sdp(2, null, Audio(moved)));
        Sockets.Crosses(_alice, _fromAlice, moved, _fromBob);
        Sockets.Crosses(moved, _fromBob, _alice, _fromAlice);
        Assert.Equal(0, _bob.Available);
        End();
    }

    [Theory]
    [InlineData("a=sendonly\r\n", "a=recvonly\r\n")]
    [InlineData("a=inactive\r\n", "a=inactive\r\n")]
    public void Hold_and_resume_lose_nothing_that_is_sent_all_the_same(string hold, string held)
    {
        Talk();
        foreach (var (offered, answered, version) in new[] { (hold, held, 2), ("", "", 3) })
        {
            Offer(_a, _b, "INVITE", Alice.Sdp(version, null, Audio(_alice, offered)));
            TalkOn();
            Answer(_a, _b, "INVITE", Bob.Sdp(version, null, Audio(_bob, answered)));
            TalkOn();
        }

        End();
    }

    /// <summary>RFC 3264 §8.4, the old way: nothing is sent to 0.0.0.0, and who resumes is where it was.</summary>
    [Fact]
    public void Hold_by_address_sends_nothing_and_resume_goes_on()
    {
        Talk();
        Offer(_a, _b, "INVITE", Alice.Sdp(2, "0.0.0.0", Audio(_alice)));
        Answer(_a, _b, "INVITE", Bob.Sdp(2, null, Audio(_bob)));
        Sockets.Send(_bob, _fromBob);
        Assert.True(
            SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(SceneModel.Outside).Dropped(DropReason.NoTarget) == 1, TimeSpan.FromSeconds(20)), "nothing is sent");
        Sockets.Crosses(_alice, _fromAlice, _bob, _fromBob);
        Offer(_a, _b, "INVITE", Alice.Sdp(3, null, Audio(_alice)));
        Answer(_a, _b, "INVITE", Bob.Sdp(3, null, Audio(_bob)));
        TalkOn();
        Assert.Equal(0, _alice.Available);
        End();
    }

    /// <summary>Packets at every moment of a re-INVITE that moves nobody.</summary>
    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    public void Nothing_is_lost_while_nobody_moves(string method)
    {
        Talk();
        for (var version = 2; version < 12; version++)
        {
            Offer(_a, _b, method, Alice.Sdp(version, null, Audio(_alice)));
            TalkOn();
            Answer(_a, _b, method, Bob.Sdp(version, null, Audio(_bob)));
            TalkOn();
            Offer(_b, _a, method, Bob.Sdp(version, null, Audio(_bob)));
            TalkOn();
            Answer(_b, _a, method, Alice.Sdp(version, null, Audio(_alice)));
            TalkOn();
        }

        var record = Scene.Calls;
        End();
        Assert.Equal(1 + (2 * 2 * 10), Assert.Single(Scene.Journal.Ended).PacketsFromCaller);
        Assert.Equal(0, record.Counters.Active);
    }

    [Fact]
    public void A_stream_is_added_and_removed_beside_one_that_goes_on()
    {
        using var aliceVideo = Sockets.On(SceneModel.AliceAddress);
        using var bobVideo = Sockets.On(SceneModel.BobAddress);
        Talk();
        var offer = Offer(_a, _b, "INVITE", Alice.Sdp(2, null, Audio(_alice) + $"m=video {Sockets.Port(aliceVideo)} RTP/AVP 96\r\n"));
        TalkOn();
        var answer = Answer(_a, _b, "INVITE", Bob.Sdp(2, null, Audio(_bob) + $"m=video {Sockets.Port(bobVideo)} RTP/AVP 96\r\n"));
        var (fromAlice, fromBob) = (Sockets.Endpoint(Scene.Model.InsideAddress, answer, "m=video"), Sockets.Endpoint(Scene.Model.OutsideAddress, offer, "m=video"));
        Sockets.Crosses(aliceVideo, fromAlice, bobVideo, fromBob);
        Sockets.Crosses(bobVideo, fromBob, aliceVideo, fromAlice);
        TalkOn();

        Offer(_b, _a, "INVITE", Bob.Sdp(3, null, Audio(_bob) + "m=video 0 RTP/AVP 96\r\n"));
        Sockets.Crosses(aliceVideo, fromAlice, bobVideo, fromBob);
        Answer(_b, _a, "INVITE", Alice.Sdp(3, null, Audio(_alice) + "m=video 0 RTP/AVP 96\r\n"));
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports");
        TalkOn();
        End();
    }

    /// <summary>RFC 3264 §8.2: the place of a removed stream is taken by one of another kind; §8.3.3, T.38: one changes its kind where it is.</summary>
    [Fact]
    public void A_place_is_taken_by_a_stream_of_another_kind()
    {
        byte[] udptl = [0, 1, 6, 0, 1, 2, 3, 4, 0, 0];
        using var aliceFax = Sockets.On(SceneModel.AliceAddress);
        using var bobFax = Sockets.On(SceneModel.BobAddress);
        Talk("m=video 0 RTP/AVP 96\r\n", "m=video 0 RTP/AVP 96\r\n");
        var offer = Offer(_b, _a, "INVITE", Bob.Sdp(2, null, Audio(_bob) + $"m=image {Sockets.Port(bobFax)} udptl t38\r\n"));
        var answer = Answer(_b, _a, "INVITE", Alice.Sdp(2, null, Audio(_alice) + $"m=image {Sockets.Port(aliceFax)} udptl t38\r\n"));
        var (fromAlice, fromBob) = (Sockets.Endpoint(Scene.Model.InsideAddress, offer, "m=image"), Sockets.Endpoint(Scene.Model.OutsideAddress, answer, "m=image"));
        Sockets.Crosses(aliceFax, fromAlice, bobFax, fromBob, udptl);
        Sockets.Crosses(bobFax, fromBob, aliceFax, fromAlice, udptl);
        TalkOn();

        Offer(_a, _b, "INVITE", Alice.Sdp(3, null, $"m=image {Sockets.Port(_alice)} udptl t38\r\nm=image 0 udptl t38\r\n"));
        TalkOn();
        Answer(_a, _b, "INVITE", Bob.Sdp(3, null, $"m=image {Sockets.Port(_bob)} udptl t38\r\nm=image 0 udptl t38\r\n"));
        Sockets.Crosses(_alice, _fromAlice, _bob, _fromBob, udptl);
        Sockets.Crosses(_bob, _fromBob, _alice, _fromAlice, udptl);
        End();
    }

    /// <summary>The two streams change places: each is where its m= line says now.</summary>
    [Fact]
    public void Streams_change_their_ports_for_each_other()
    {
        using var alice = Sockets.On(SceneModel.AliceAddress);
        using var bob = Sockets.On(SceneModel.BobAddress);
        Talk($"m=audio {Sockets.Port(alice)} RTP/AVP 8\r\n", $"m=audio {Sockets.Port(bob)} RTP/AVP 8\r\n");
        var offer = Offer(_a, _b, "INVITE", Alice.Sdp(2, null, Audio(alice) + Audio(_alice)));
        var answer = Answer(_a, _b, "INVITE", Bob.Sdp(2, null, Audio(_bob) + Audio(bob)));
        Assert.Equal((_fromAlice, _fromBob), (Sockets.Endpoint(Scene.Model.InsideAddress, answer), Sockets.Endpoint(Scene.Model.OutsideAddress, offer)));
        Sockets.Crosses(_bob, _fromBob, alice, _fromAlice);
        Sockets.Crosses(alice, _fromAlice, _bob, _fromBob);
        Assert.Equal(0, _alice.Available);
        End();
    }

    public new void Dispose()
    {
        base.Dispose();
        _alice.Dispose();
        _bob.Dispose();
    }
}
