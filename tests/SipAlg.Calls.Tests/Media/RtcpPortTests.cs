using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Signaling.Identifiers;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Where RTCP goes by what the sides say of it: RFC 3550 §11, RFC 3605, RFC 5761, RFC 8858.</summary>
public sealed class RtcpPortTests : CallTest, IDisposable
{
    private const string Mux = "a=rtcp-mux\r\n";
    private const string MuxOnly = "a=rtcp-mux\r\na=rtcp-mux-only\r\n";
    private readonly Socket _alice = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _aliceRtcp = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _bob = Sockets.On(SceneModel.BobAddress);
    private readonly Socket _bobRtcp = Sockets.On(SceneModel.BobAddress);

    void IDisposable.Dispose()
    {
        Array.ForEach([_alice, _aliceRtcp, _bob, _bobRtcp], socket => socket.Dispose());
        Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private static string Sdp(ScriptedPhone phone, Socket rtp, string attributes, int version = 1) => phone.Sdp(version, null, $"m=audio {Sockets.Port(rtp)} RTP/AVP 8\r\n{attributes}");

    /// <summary>Where each sends RTP to, and what alice was answered.</summary>
    private (PhoneDialog A, PhoneDialog B, IPEndPoint FromAlice, IPEndPoint FromBob, string Offered, string Answered) Talk(string offer, string answer)
    {
        var a = Alice.Call(body: Sdp(Alice, _alice, offer));
        var b = Bob.ExpectCall();
        b.Accept(Sdp(Bob, _bob, answer));
        var (offered, answered) = (Body(b.Asked), Body(a.ExpectAnswered()));
        return (a, b, Sockets.Endpoint(Scene.Model.InsideAddress, answered), Sockets.Endpoint(Scene.Model.OutsideAddress, offered), offered, answered);
    }

    private static IPEndPoint Rtcp(IPEndPoint rtp) => new(rtp.Address, rtp.Port + 1);

    /// <summary>An empty receiver report crosses as it is.</summary>
    private static void Crosses(Socket from, IPEndPoint gateway, Socket to, IPEndPoint seenFrom)
    {
        byte[] report = [0x80, 201, 0, 1, .. Guid.NewGuid().ToByteArray()[..4]];
        from.SendTo(report, gateway);
        var received = new byte[64];
        EndPoint source = new IPEndPoint(IPAddress.Any, 0);
        var length = to.ReceiveFrom(received, ref source);
        Assert.Equal(report, received[..length]);
        Assert.Equal(seenFrom, source);
    }

    private void End(PhoneDialog a, PhoneDialog b)
    {
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    private string Announced(Socket socket, string? address = null) => $"a=rtcp:{Sockets.Port(socket)}{(address is null ? "" : $" IN IP4 {address}")}\r\n";

    [Fact]
    public void It_goes_to_the_announced_ports_and_comes_from_ours()
    {
        var (a, b, fromAlice, fromBob, offered, answered) = Talk(Announced(_aliceRtcp), Announced(_bobRtcp));
        Assert.Contains($"a=rtcp:{fromBob.Port + 1}\r\n", offered, StringComparison.Ordinal);
        Assert.Contains($"a=rtcp:{fromAlice.Port + 1}\r\n", answered, StringComparison.Ordinal);
        Crosses(_aliceRtcp, Rtcp(fromAlice), _bobRtcp, Rtcp(fromBob));
        Crosses(_bobRtcp, Rtcp(fromBob), _aliceRtcp, Rtcp(fromAlice));
        Sockets.Crosses(_alice, fromAlice, _bob, fromBob);
        End(a, b);
    }

    [Fact]
    public void It_goes_to_another_address_where_that_is_announced()
    {
        using var elsewhere = Sockets.On(SceneModel.CarolAddress);
        var (a, b, fromAlice, fromBob, _, answered) = Talk(Announced(_aliceRtcp), Announced(elsewhere, SceneModel.CarolAddress));
        Assert.DoesNotContain(SceneModel.CarolAddress, answered, StringComparison.Ordinal);
        Crosses(_aliceRtcp, Rtcp(fromAlice), elsewhere, Rtcp(fromBob));
        Crosses(elsewhere, Rtcp(fromBob), _aliceRtcp, Rtcp(fromAlice));
        End(a, b);
    }

    [Fact]
    public void Both_multiplex()
    {
        var (a, b, fromAlice, fromBob, _, _) = Talk(Mux, Mux);
        Crosses(_alice, fromAlice, _bob, fromBob);
        Crosses(_bob, fromBob, _alice, fromAlice);
        End(a, b);
    }

    /// <summary>RFC 5761 §5.1.1: an answer without it is a refusal, and both have ports of their own.</summary>
    [Fact]
    public void An_answer_without_it_separates_both()
    {
        var (a, b, fromAlice, fromBob, offered, answered) = Talk(Mux + Announced(_aliceRtcp), Announced(_bobRtcp));
        Assert.Contains(Mux, offered, StringComparison.Ordinal);
        Assert.DoesNotContain(Mux, answered, StringComparison.Ordinal);
        Crosses(_aliceRtcp, Rtcp(fromAlice), _bobRtcp, Rtcp(fromBob));
        Crosses(_bobRtcp, Rtcp(fromBob), _aliceRtcp, Rtcp(fromAlice));
        End(a, b);
    }

    [Fact]
    public void An_answer_with_it_to_an_offer_without_is_none()
    {
        var (a, b, fromAlice, fromBob, _, _) = Talk(Announced(_aliceRtcp), Mux + Announced(_bobRtcp));
        Crosses(_aliceRtcp, Rtcp(fromAlice), _bobRtcp, Rtcp(fromBob));
        End(a, b);
    }

    [Fact]
    public void Both_multiplex_where_one_can_do_nothing_else()
    {
        var (a, b, fromAlice, fromBob, offered, answered) = Talk(MuxOnly, Mux);
        Assert.Single(offered.Split("\r\n"), "a=rtcp-mux");
        Assert.Single(answered.Split("\r\n"), "a=rtcp-mux");
        Crosses(_alice, fromAlice, _bob, fromBob);
        Crosses(_bob, fromBob, _alice, fromAlice);
        End(a, b);
    }

    [Theory]
    [InlineData(MuxOnly)]
    [InlineData("a=rtcp-mux-only\r\n")]
    public void Who_can_do_nothing_else_multiplexes_alone(string offer)
    {
        var (a, b, fromAlice, fromBob, _, answered) = Talk(offer, Announced(_bobRtcp));
        Assert.Contains(Mux, answered, StringComparison.Ordinal);
        Assert.Contains($"a=rtcp:{fromAlice.Port}\r\n", answered, StringComparison.Ordinal);
        Crosses(_alice, fromAlice, _bobRtcp, Rtcp(fromBob));
        Crosses(_bobRtcp, Rtcp(fromBob), _alice, fromAlice);
        Sockets.Crosses(_alice, fromAlice, _bob, fromBob);
        End(a, b);
    }

    /// <summary>RFC 8858 §4.1 and §4.3: the one without the other goes out as neither, since the gateway holds nobody to it.</summary>
    [Theory]
    [InlineData("a=rtcp-mux-only\r\n")]
    [InlineData("a=rtcp-mux-only\r\na=rtcp-mux\r\n")]
    public void That_an_end_can_do_nothing_else_does_not_cross(string demanded)
    {
        var (a, b, fromAlice, fromBob, offered, answered) = Talk(demanded + Announced(_alice), demanded);
        foreach (var body in (string[])[offered, answered])
        {
            Assert.Single(body.Split("\r\n"), "a=rtcp-mux");
            Assert.DoesNotContain("rtcp-mux-only", body, StringComparison.Ordinal);
        }

        // Who does not multiplex is told of a port of its own.
        Assert.Contains($"a=rtcp:{fromBob.Port + 1}\r\n", offered, StringComparison.Ordinal);
        Crosses(_alice, fromAlice, _bob, fromBob);
        Crosses(_bob, fromBob, _alice, fromAlice);
        End(a, b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_multiplexes_alone_goes_on_to_after_another_offer(bool isCallerOffering)
    {
        var (a, b, fromAlice, fromBob, _, _) = Talk(MuxOnly, Announced(_bobRtcp));
        if (isCallerOffering)
        {
            a.Invite(Sdp(Alice, _alice, Mux, 2));
            b.ExpectRequest("INVITE");
            b.Accept(Sdp(Bob, _bob, Announced(_bobRtcp), 2));
            Assert.Contains(Mux, Body(a.ExpectAnswered()), StringComparison.Ordinal);
        }
        else
        {
            b.Invite(Sdp(Bob, _bob, Announced(_bobRtcp), 2));
            Assert.Contains(Mux, Body(a.ExpectRequest("INVITE")), StringComparison.Ordinal);

            // RFC 8858 §4.3 forbids rtcp-mux-only in an answer, and some repeat there what they offered.
            a.Accept(Sdp(Alice, _alice, MuxOnly, 2));
            Assert.DoesNotContain("a=rtcp-mux", Body(b.ExpectAnswered()), StringComparison.Ordinal);
        }

        Crosses(_alice, fromAlice, _bobRtcp, Rtcp(fromBob));
        Crosses(_bobRtcp, Rtcp(fromBob), _alice, fromAlice);
        End(a, b);
    }

    /// <summary>A change in the answer to a refresh is an offer to the other side, which sees as much of a=rtcp-mux as before.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_refresh_has_changed_is_told_to_who_multiplexes_alone_and_of_it(bool isToldToAlice)
    {
        var (a, b, fromAlice, fromBob, _, _) = Talk(MuxOnly, Announced(_bobRtcp));
        var held = "a=sendonly\r\n";
        var (asked, told) = isToldToAlice ? (b, a) : (a, b);
        Ask(asked);
        asked.ExpectRequest("INVITE");
        asked.Accept(isToldToAlice ? Sdp(Bob, _bob, held + Announced(_bobRtcp), 2) : Sdp(Alice, _alice, held + Mux + Announced(_alice), 2));
        var offer = Body(told.ExpectRequest("INVITE"));
        Assert.Contains(held, offer, StringComparison.Ordinal);
        Assert.Equal(isToldToAlice, offer.Contains(Mux, StringComparison.Ordinal));
        Assert.Contains($"a=rtcp:{(isToldToAlice ? fromAlice.Port : fromBob.Port + 1)}\r\n", offer, StringComparison.Ordinal);
        told.Accept(isToldToAlice ? Sdp(Alice, _alice, "a=recvonly\r\n" + Mux, 2) : Sdp(Bob, _bob, "a=recvonly\r\n" + Announced(_bobRtcp), 2));
        Crosses(_alice, fromAlice, _bobRtcp, Rtcp(fromBob));
        Crosses(_bobRtcp, Rtcp(fromBob), _alice, fromAlice);
        End(a, b);
    }

    private void Ask(PhoneDialog dialog)
    {
        Assert.True(MintedId.TryParse(Encoding.UTF8.GetBytes(dialog.RemoteTag), out var id));
        var call = (Call)Scene.Calls.At(id.Slot)!;
        var leg = (Leg)call.LegWith(id.Secret, Encoding.UTF8.GetBytes(dialog.LocalTag))!;
        Scene.Turn(() => call.AskOwn(leg, OwnInvitePurpose.Refresh, default));
    }

    /// <summary>SRTCP says nothing to who has no key.</summary>
    [Theory]
    [InlineData("RTP/AVP", "", 1)]
    [InlineData("RTP/AVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", 0)]
    [InlineData("RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", 0)]
    public void What_an_end_reports_is_in_the_record(string transport, string attributes, int reports)
    {
        var a = Alice.Call(body: Sdp(Alice, _alice, attributes + Announced(_aliceRtcp)).Replace("RTP/AVP", transport, StringComparison.Ordinal));
        var b = Bob.ExpectCall();
        b.Accept(Sdp(Bob, _bob, attributes + Announced(_bobRtcp)).Replace("RTP/AVP", transport, StringComparison.Ordinal));
        a.ExpectAnswered();

        // RFC 3550 §6.4.2: a half of what it is sent is lost.
        byte[] report = [0x81, 201, 0, 7, 0, 0, 0, 8, 0, 0, 0, 7, 128, .. new byte[19]];
        _bobRtcp.SendTo(report, Rtcp(Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.Asked))));
        _aliceRtcp.Receive(new byte[64]);
        HangUp(a, b);
        var stream = Assert.Single(Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).Streams);
        Assert.Equal((reports, reports / 2.0, 0), (stream.FromCallee.Reports, stream.FromCallee.ReportedLoss, stream.FromCallee.Packets));
        Assert.Equal(0, stream.FromCaller.Reports);
    }

    [Theory]
    [InlineData(Mux)]
    [InlineData("a=rtcp-mux-only\r\n")]
    [InlineData("")]
    public void A_service_multiplexes_with_who_does(string mux)
    {
        var isMux = mux.Length > 0;
        var a = Alice.Call("echo", Sdp(Alice, _alice, isMux ? mux : Announced(_aliceRtcp)));
        var answered = Body(a.ExpectAnswered());
        Assert.DoesNotContain("rtcp-mux-only", answered, StringComparison.Ordinal);
        Assert.Equal(isMux, answered.Contains(Mux, StringComparison.Ordinal));
        var service = Sockets.Endpoint(Scene.Model.InsideAddress, answered);
        var (socket, port) = isMux ? (_alice, service) : (_aliceRtcp, Rtcp(service));
        Crosses(socket, port, socket, port);
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Before_an_answer_it_is_known_where_that_is_the_only_way()
    {
        var a = Alice.Call(body: Sdp(Alice, _alice, MuxOnly));
        var b = Bob.ExpectCall();
        b.Answer(183, Sdp(Bob, _bob, Announced(_bobRtcp)));
        var answered = Body(a.Expect(183));
        var (fromAlice, fromBob) = (Sockets.Endpoint(Scene.Model.InsideAddress, answered), Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.Asked)));
        Crosses(_alice, fromAlice, _bobRtcp, Rtcp(fromBob));
        b.Accept(Sdp(Bob, _bob, Announced(_bobRtcp)));
        a.ExpectAnswered();
        End(a, b);
    }
}
