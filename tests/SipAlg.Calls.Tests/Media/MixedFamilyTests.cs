using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Identifiers;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Streams of both address families in one description, answers in another family than what they answer, and services.</summary>
public sealed class MixedFamilyTests : CallTest, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Socket _bob = Sockets.On(SceneModel.BobAddress);
    private readonly Socket _bobVideo = Sockets.On(SceneModel.BobAddress);
    private readonly Socket _v4 = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _v6 = Sockets.On("::1");

    protected override SceneOptions Options => new()
    {
        Realm = realm => realm.Index == SceneModel.Inside ? realm with { Media = realm.Media with { BindV4 = realm.Listen[0].Endpoint.Address, BindV6 = IpAddress.Parse("::1") } } : realm,
    };

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private static string Origin(string body) => string.Join(' ', body.Split("\r\n").First(line => line.StartsWith("o=", StringComparison.Ordinal)).Split(' ')[3..]);

    private string Of(Socket socket, int version = 1)
    {
        var sdp = Alice.Sdp(port: Sockets.Port(socket), version: version);
        return socket == _v6 ? sdp.Replace($"c=IN IP4 {SceneModel.AliceAddress}", "c=IN IP6 ::1", StringComparison.Ordinal) : sdp;
    }

    private IPEndPoint Inside(string body, string line = "m=audio", bool isV6 = false) => Sockets.Endpoint(isV6 ? "::1" : Scene.Model.InsideAddress, body, line);

    private IPEndPoint Outside(string body, string line = "m=audio") => Sockets.Endpoint(Scene.Model.OutsideAddress, body, line);

    private void AwaitPorts(int ports) => Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == ports, Patience), $"{Scene.PortsInUse} ports");

    private void Ask(PhoneDialog dialog)
    {
        Assert.True(MintedId.TryParse(Encoding.UTF8.GetBytes(dialog.RemoteTag), out var id));
        var call = (Call)Scene.Calls.At(id.Slot)!;
        var leg = (Leg)call.LegWith(id.Secret, Encoding.UTF8.GetBytes(dialog.LocalTag))!;
        Scene.Turn(() => call.AskOwn(leg, OwnInvitePurpose.Refresh, default));
    }

    /// <summary>RFC 8866 §5.7: a c= line of the session, and one of a stream that differs.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_stream_has_the_family_that_it_is_offered_in(bool isVideoV6)
    {
        var (audio, video) = isVideoV6 ? (_v4, _v6) : (_v6, _v4);
        var own = $"c=IN IP4 {SceneModel.AliceAddress}\r\n";
        var a = Alice.Call(body: Of(audio) + $"m=video {Sockets.Port(video)} RTP/AVP 96\r\n{(isVideoV6 ? "c=IN IP6 ::1\r\n" : own)}");
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob), media: $"m=video {Sockets.Port(_bobVideo)} RTP/AVP 96\r\n"));
        var (offered, answered) = (Body(b.Asked), Body(a.ExpectAnswered()));
        var parts = answered.Split("m=");
        var (v4, v6) = ($"c=IN IP4 {Scene.Model.InsideAddress}\r\n", "c=IN IP6 ::1\r\n");
        Assert.Contains(isVideoV6 ? v4 : v6, parts[0], StringComparison.Ordinal);
        Assert.Contains(isVideoV6 ? v6 : v4, parts[2], StringComparison.Ordinal);
        Assert.DoesNotContain(isVideoV6 ? v6 : v4, parts[0] + parts[1], StringComparison.Ordinal);
        Sockets.Crosses(_bob, Outside(offered), audio, Inside(answered, isV6: !isVideoV6));
        Sockets.Crosses(audio, Inside(answered, isV6: !isVideoV6), _bob, Outside(offered));
        Sockets.Crosses(_bobVideo, Outside(offered, "m=video"), video, Inside(answered, "m=video", isVideoV6));
        Sockets.Crosses(video, Inside(answered, "m=video", isVideoV6), _bobVideo, Outside(offered, "m=video"));
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>One stream moves, the other stays.</summary>
    [Fact]
    public void A_stream_moves_alone()
    {
        var video = $"m=video {Sockets.Port(_v4)} RTP/AVP 96\r\n";
        using var audio = Sockets.On(SceneModel.AliceAddress);
        var a = Alice.Call(body: Of(audio) + video);
        var b = Bob.ExpectCall();
        var bobs = $"m=video {Sockets.Port(_bobVideo)} RTP/AVP 96\r\n";
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob), media: bobs));
        var (offered, before) = (Body(b.Asked), Body(a.ExpectAnswered()));
        a.Invite(Of(_v6, 2) + video + $"c=IN IP4 {SceneModel.AliceAddress}\r\n");
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob), version: 2, media: bobs));
        var after = Body(a.ExpectAnswered());
        Assert.Equal(Inside(before, "m=video"), Inside(after, "m=video"));
        Assert.Equal(Origin(before), Origin(after));
        Sockets.Crosses(_bob, Outside(offered), _v6, Inside(after, isV6: true));
        Sockets.Crosses(_bobVideo, Outside(offered, "m=video"), _v4, Inside(after, "m=video"));
        AwaitPorts(4);
        HangUp(a, b);
        Scene.End();
    }

    /// <summary>She sends to what she was offered, in the family of that, and is sent to where she wants it, from a port of that family.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_answer_in_the_other_family_is_followed(bool isDelayedOffer)
    {
        PhoneDialog a, b;
        string toAlice, toBob;
        if (isDelayedOffer)
        {
            a = Alice.Call(body: "");
            b = Bob.ExpectCall();
            b.Answer(200, Bob.Sdp(port: Sockets.Port(_bob)));
            toAlice = Body(a.Expect(200));
            a.Ack(Of(_v6));
            toBob = Body(b.ExpectRequest("ACK"));
        }
        else
        {
            b = Bob.Call("alice", Bob.Sdp(port: Sockets.Port(_bob)));
            a = Alice.ExpectCall();
            a.Accept(Of(_v6));
            (toAlice, toBob) = (Body(a.Asked), Body(b.ExpectAnswered()));
        }

        var fromAway = Arrives(Sockets.Send(_bob, Outside(toBob)), _v6);
        Assert.NotEqual(Inside(toAlice).Port, fromAway.Port);
        Sockets.Crosses(_v4, Inside(toAlice), _bob, Outside(toBob));

        // Whoever answers where packets come from is heard too.
        Sockets.Crosses(_v6, fromAway, _bob, Outside(toBob));
        Assert.Equal(fromAway, Arrives(Sockets.Send(_bob, Outside(toBob)), _v6));
        Assert.Equal(3, Scene.PortsInUse);

        // What she offers next is answered in her family, and that is all there is then.
        a.Invite(Of(_v6, 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob), version: 2));
        Assert.Equal(fromAway, Inside(Body(a.ExpectAnswered()), isV6: true));
        AwaitPorts(2);
        Sockets.Crosses(_bob, Outside(toBob), _v6, fromAway);
        HangUp(isDelayedOffer ? a : b, isDelayedOffer ? b : a);
        Scene.End();
    }

    [Fact]
    public void An_answer_to_a_refresh_in_the_other_family_is_followed_and_back()
    {
        var a = Alice.Call(body: Of(_v4));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob)));
        var (toBob, toAlice) = (Outside(Body(b.Asked)), Inside(Body(a.ExpectAnswered())));
        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Of(_v6, 2));
        Bob.ExpectNothing();
        Arrives(Sockets.Send(_bob, toBob), _v6);
        Sockets.Crosses(_v4, toAlice, _bob, toBob);
        Assert.Equal(3, Scene.PortsInUse);
        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Of(_v4, 3));
        Sockets.Crosses(_bob, toBob, _v4, toAlice);
        Sockets.Crosses(_v4, toAlice, _bob, toBob);
        AwaitPorts(2);
        Assert.Equal(0, _v6.Available);
        HangUp(a, b);
        Scene.End();
        var record = Assert.Single(Scene.Journal.Ended);
        Assert.Equal((2, 2), (record.PacketsFromCaller, record.PacketsFromCallee));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_service_answers_in_the_family_that_it_is_offered(bool isV6)
    {
        var socket = isV6 ? _v6 : _v4;
        var a = Alice.Call("echo", Of(socket));
        var before = Body(a.ExpectAnswered());
        var service = Inside(before, isV6: isV6);
        Sockets.Crosses(socket, service, socket, service);
        var other = isV6 ? _v4 : _v6;
        a.Invite(Of(other, 2));
        var after = Body(a.ExpectAnswered());
        var moved = Inside(after, isV6: !isV6);
        Assert.Contains(isV6 ? $"c=IN IP4 {Scene.Model.InsideAddress}" : "c=IN IP6 ::1", after, StringComparison.Ordinal);
        Assert.Equal(Origin(before), Origin(after));
        Sockets.Crosses(other, moved, other, moved);
        AwaitPorts(1);
        EndService(a);
        Assert.Equal(2, Assert.Single(Scene.Journal.Ended).PacketsFromCaller);
    }

    [Fact]
    public void A_service_follows_an_answer_in_the_other_family()
    {
        var a = Alice.Call("echo", Of(_v4));
        var service = Inside(Body(a.ExpectAnswered()));
        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Of(_v6, 2));
        Assert.Equal(2, Scene.PortsInUse);
        Arrives(Sockets.Send(_v4, service), _v6);
        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Of(_v4, 3));
        Sockets.Crosses(_v4, service, _v4, service);
        AwaitPorts(1);
        EndService(a);
    }

    [Fact]
    public void A_tone_follows_too_and_is_heard_once()
    {
        var a = Alice.Call("tone", Of(_v4));
        a.ExpectAnswered();
        Assert.Equal(172, _v4.Receive(new byte[500]));
        Ask(a);
        a.ExpectRequest("INVITE");
        a.Accept(Of(_v6, 2));
        Assert.Equal(172, _v6.Receive(new byte[500]));
        while (_v4.Available > 0)
        {
            _v4.Receive(new byte[500]);
        }

        _v6.Receive(new byte[500]);
        _v6.Receive(new byte[500]);
        Assert.Equal(0, _v4.Available);
        EndService(a);
    }

    private void EndService(PhoneDialog a)
    {
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    private static IPEndPoint Arrives(byte[] packet, Socket to)
    {
        var received = new byte[2048];
        EndPoint source = new IPEndPoint(to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = to.ReceiveFrom(received, ref source);
        Assert.Equal(packet, received[..length]);
        return (IPEndPoint)source;
    }

    public new void Dispose()
    {
        base.Dispose();
        Array.ForEach([_bob, _bobVideo, _v4, _v6], socket => socket.Dispose());
    }
}
