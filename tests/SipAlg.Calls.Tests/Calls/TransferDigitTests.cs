using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Digits of bob, who has them as telephone events (RFC 4733), after alice, who has them in INFO, has transferred him to carol.</summary>
public sealed class TransferDigitTests : TransferTest, IDisposable
{
    private readonly MediaSocket _fromBob = new(SceneModel.BobAddress);
    private readonly MediaSocket _fromCarol = new(SceneModel.CarolAddress);
    private DtmfMode _carol;

    private protected override TransferMode Mode => TransferMode.Gateway;

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer with
        {
            Transfer = Mode,
            Dtmf = peer.Name switch { "alice" => DtmfMode.Info, "bob" => DtmfMode.Rfc4733, "carol" => _carol, _ => DtmfMode.Pass },
        },
    };

    void IDisposable.Dispose()
    {
        _fromBob.Dispose();
        _fromCarol.Dispose();
        Dispose();
    }

    private string BobSdp(int version = 1) => Bob.Sdp(version, null, $"m=audio {_fromBob.Port} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n");

    private string CarolSdp(bool hasEvents, int version = 1) =>
        Carol.Sdp(version, null, $"m=audio {_fromCarol.Port} RTP/AVP 8{(hasEvents ? " 101\r\na=rtpmap:101 telephone-event/8000" : "")}\r\n");

    /// <summary>Bob and carol talk; alice is gone.</summary>
    private (PhoneDialog B, PhoneDialog C, SentMessage Offered) Transferred(DtmfMode carol, bool isCaller)
    {
        _carol = carol;
        var alice = Alice.Sdp(1, null, "m=audio 4000 RTP/AVP 8\r\n");
        var caller = isCaller ? Alice.Call("bob", alice) : Bob.Call("alice", BobSdp());
        var callee = isCaller ? Bob.ExpectCall() : Alice.ExpectCall();
        callee.Accept(isCaller ? BobSdp() : alice);
        caller.ExpectAnswered();
        var (a, b) = isCaller ? (caller, callee) : (callee, caller);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept(CarolSdp(hasEvents: carol != DtmfMode.Info));
        var offered = b.ExpectRequest("INVITE");
        b.Accept(BobSdp(version: 2));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        _fromBob.Learn(Scene.Model.OutsideAddress, offered);
        _fromCarol.Learn(Scene.Model.OutsideAddress, c.Asked);
        return (b, c, offered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Between_two_who_have_them_in_rtp_they_pass(bool isCaller)
    {
        var (b, c, offered) = Transferred(DtmfMode.Rfc4733, isCaller);
        Assert.Contains("telephone-event", Body(c.Asked), StringComparison.Ordinal);
        Assert.Contains("telephone-event", Body(offered), StringComparison.Ordinal);
        _fromBob.SendEvent(101, 5, 800);
        Assert.Equal(5, _fromCarol.ReceiveDigit(101).Code);
        _fromCarol.SendEvent(101, 7, 800);
        Assert.Equal(7, _fromBob.ReceiveDigit(101).Code);
        HangUp(b, c);
        Scene.End();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Between_one_and_one_who_has_them_in_info_they_are_converted(bool isCaller)
    {
        var (b, c, offered) = Transferred(DtmfMode.Info, isCaller);
        Assert.DoesNotContain("telephone-event", Body(c.Asked), StringComparison.Ordinal);
        Assert.Contains("telephone-event", Body(offered), StringComparison.Ordinal);
        c.Request("INFO", body: "Signal=5\r\nDuration=100\r\n", type: "application/dtmf-relay");
        Carol.ExpectResponse(200);
        Assert.Equal(5, _fromBob.ReceiveDigit(101).Code);
        _fromBob.SendEvent(101, 7, 800);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Scene.Turn(static () => { });
                return Carol.Inbox.Count > 0;
            },
            TimeSpan.FromSeconds(20)));
        var info = c.ExpectRequest("INFO");
        Assert.StartsWith("Signal=7\r\n", Body(info), StringComparison.Ordinal);
        c.AnswerTo(info, 200);
        HangUp(b, c);
        Scene.End();
    }
}
