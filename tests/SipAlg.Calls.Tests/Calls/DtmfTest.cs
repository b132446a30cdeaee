using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Digits between alice, who has them in INFO, and bob, who has them as telephone events in RTP (RFC 4733).</summary>
public abstract class DtmfTest : CallTest, IDisposable
{
    private protected const string Relay = "application/dtmf-relay";
    private protected static TimeSpan Patience => TimeSpan.FromSeconds(20);
    private protected MediaSocket FromAlice { get; } = new(SceneModel.AliceAddress);
    private protected MediaSocket FromBob { get; } = new(SceneModel.BobAddress);

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { Dtmf = peer.Name switch { "alice" => DtmfMode.Info, "bob" => DtmfMode.Rfc4733, _ => DtmfMode.Pass } },
    };

    void IDisposable.Dispose()
    {
        FromAlice.Dispose();
        FromBob.Dispose();
        Dispose();
        GC.SuppressFinalize(this);
    }

    private protected string AliceSdp(int version = 1, string attributes = "") => Alice.Sdp(version, null, $"m=audio {FromAlice.Port} RTP/AVP 8 0\r\n{attributes}");

    private protected string BobSdp(int version = 1, byte events = 101, string attributes = "") =>
        Bob.Sdp(version, null, $"m=audio {FromBob.Port} RTP/AVP 8 0 {events}\r\na=rtpmap:{events} telephone-event/8000\r\na=fmtp:{events} 0-16\r\n{attributes}");

    private protected static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private protected static string Media(SentMessage sent) => Body(sent)[Body(sent).IndexOf("m=audio", StringComparison.Ordinal)..];

    /// <summary>A call by either of them; each knows where to send RTP to.</summary>
    private protected (PhoneDialog A, PhoneDialog B) Call(bool isAliceCalling = true, string? bobSdp = null)
    {
        var (offer, answer) = (AliceSdp(), bobSdp ?? BobSdp());
        var (caller, callee) = isAliceCalling ? (Alice, Bob) : (Bob, Alice);
        var one = caller.Call(body: isAliceCalling ? offer : answer);
        var other = callee.ExpectCall();
        other.Accept(isAliceCalling ? answer : offer);
        var answered = one.ExpectAnswered();
        FromAlice.Learn(Scene.Model.InsideAddress, isAliceCalling ? answered : other.Asked);
        FromBob.Learn(Scene.Model.OutsideAddress, isAliceCalling ? other.Asked : answered);
        return isAliceCalling ? (one, other) : (other, one);
    }

    private protected void End(PhoneDialog a, PhoneDialog b, bool isAliceCalling = true)
    {
        HangUp(a, b);
        Scene.End(isAliceCalling ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    private protected void Press(PhoneDialog a, char key, int milliseconds = 60, int status = 200)
    {
        a.Request("INFO", body: $"Signal={key}\r\nDuration={milliseconds}\r\n", type: Relay);
        Alice.ExpectResponse(status);
    }

    /// <summary>Sends audio from a source until the lane was told that it is refused.</summary>
    private protected void SendUntilRefused(MediaSocket source) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            source.SendAudio();
            Scene.Turn(static () => { });
            return Scene.Journal.Sources.Any(told => told.Told.Change == SourceChange.Refused);
        },
        Patience));

    /// <summary>What the relay told the lane has come, once alice has a message.</summary>
    private protected SentMessage ExpectInfo(PhoneDialog a)
    {
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Scene.Turn(static () => { });
                return Alice.Inbox.Count > 0;
            },
            Patience));
        return a.ExpectRequest("INFO");
    }

    /// <summary>The relay tells each digit when it has heard it: waits for the one whose INFO begins so, whatever is repeated before it.</summary>
    private protected SentMessage ExpectLastInfo(string body)
    {
        SentMessage? last = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Scene.Turn(static () => { });
                last = Alice.Take().LastOrDefault() ?? last;
                return last is not null && Body(last).StartsWith(body, StringComparison.Ordinal);
            },
            Patience));
        return last!;
    }

    private protected long Count(DigitDirection direction, bool isLost = false) =>
        Scene.Calls.Counters.DigitTotal(direction == DigitDirection.ToInfo ? SceneModel.Inside : SceneModel.Outside, direction, isLost);
}
