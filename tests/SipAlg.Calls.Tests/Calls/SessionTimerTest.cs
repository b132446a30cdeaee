using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Session timers (RFC 4028), each leg on its own. Where the gateway asks, it asks for 600 seconds.</summary>
public abstract class SessionTimerTest : CallTest
{
    private protected const string Timer = "Supported: timer\r\n";
    private protected const string Update = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE\r\n";
    private protected const int Half = 300_000;
    private protected const int Expiry = 568_000;
    private protected TimeSpan? Wanted { get; set; } = TimeSpan.FromSeconds(600);

    protected override SceneOptions Options => new() { Calls = new CallSettings(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { SessionExpires = Wanted } };

    private protected static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private protected static string? Expires(SentMessage sent) => sent.Header(HeaderId.SessionExpires);

    /// <summary>A call whose caller says this in its INVITE, and whose callee in its answer.</summary>
    private protected (PhoneDialog A, PhoneDialog B, SentMessage Invite, SentMessage Answer) Call(string caller = "", string callee = "", string called = "bob")
    {
        var a = Alice.Call(called, headers: caller);
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: callee);
        b.ExpectRequest("ACK");
        var answer = a.ExpectAnswered();
        return (a, b, b.Asked, answer);
    }

    private protected void EndNormally(PhoneDialog a, PhoneDialog b)
    {
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    private protected void ExpectExpired(PhoneDialog a, PhoneDialog b)
    {
        foreach (var bye in new[] { a.ExpectBye(), b.ExpectBye() })
        {
            Assert.Equal("SIP;cause=408;text=\"Session expired\"", bye.Header(HeaderId.Reason));
        }

        Scene.End(CallCause.SessionExpired, CallOutcome.Answered, 200);
    }

    /// <summary>Answers each refresh by UPDATE, of either phone, as time goes on; before it is sent again.</summary>
    private protected int Refresh(long milliseconds, string headers, params PhoneDialog[] dialogs)
    {
        var count = 0;
        for (var until = Scene.Harness.Time.Now + milliseconds; Scene.Harness.Time.Now < until;)
        {
            Scene.Advance(Math.Min(100, until - Scene.Harness.Time.Now));
            foreach (var dialog in dialogs)
            {
                foreach (var sent in dialog.Phone.Take())
                {
                    Assert.StartsWith("UPDATE ", sent.StartLine);
                    dialog.AnswerTo(sent, 200, headers: headers);
                    count++;
                }
            }
        }

        return count;
    }
}
