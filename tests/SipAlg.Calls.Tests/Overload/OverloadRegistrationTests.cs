using SipAlg.Calls.Overload;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Overload;

/// <summary>A power cut ends, and all phones come back at once: those that are registered keep their place, the others come in one after another.</summary>
public sealed class OverloadRegistrationTests : UserTest
{
    private int _sequence = 1000;

    private void Overload(int intervals)
    {
        for (var interval = 0; interval < intervals; interval++)
        {
            Scene.Harness.Load(new LaneLoad(Lane.LoadInterval, 30_000, IsLosing: true));
        }
    }

    private string Ask(ScriptedPhone phone, string user, string authorization = "")
    {
        phone.Send($"REGISTER sip:{AuthenticationBench.Domain} SIP/2.0\r\nVia: SIP/2.0/UDP {phone.Flow.Remote};branch=z9hG4bKo{_sequence};rport\r\nMax-Forwards: 70\r\n" +
            $"From: <sip:{user}@{AuthenticationBench.Domain}>;tag=1\r\nTo: <sip:{user}@{AuthenticationBench.Domain}>\r\nCall-ID: o@{phone.Name}\r\nCSeq: {++_sequence} REGISTER\r\n" +
            $"Contact: <{phone.Contact}>\r\n{authorization}Content-Length: 0\r\n\r\n");
        return Assert.Single(phone.Take()).StartLine.Split(' ')[1];
    }

    private int Refused(ScriptedPhone phone, string user, string authorization = "") => Enumerable.Range(0, 100).Count(_ => Ask(phone, user, authorization) == "503");

    [Fact]
    public void Who_is_registered_is_refused_last()
    {
        RegisterBoth();
        var stranger = Scene.Phone("new", SceneModel.Inside, "127.91.0.68", 5060);
        Overload(10);
        Assert.InRange(Scene.Calls.RefusedFor(OverloadCause.Lane), 0.35, 0.5);
        Assert.InRange(Refused(stranger, "bert"), 90, 100);
        Assert.InRange(Refused(stranger, "bert", "Authorization: Digest username=\"bert\"\r\n"), 20, 70);
        Assert.Equal(0, Refused(Desk, "anna"));
        Forget();
    }

    /// <summary>Longer than a caller waits, and each another time.</summary>
    [Fact]
    public void Phones_come_back_within_a_minute_and_not_together()
    {
        Overload(100);
        var stranger = Scene.Phone("new", SceneModel.Inside, "127.91.0.68", 5060);
        var seconds = new HashSet<string>();
        for (var attempt = 0; attempt < 50; attempt++)
        {
            stranger.Send($"REGISTER sip:{AuthenticationBench.Domain} SIP/2.0\r\nVia: SIP/2.0/UDP {stranger.Flow.Remote};branch=z9hG4bKp{attempt}\r\nMax-Forwards: 70\r\n" +
                $"From: <sip:bert@{AuthenticationBench.Domain}>;tag=1\r\nTo: <sip:bert@{AuthenticationBench.Domain}>\r\nCall-ID: p\r\nCSeq: {attempt} REGISTER\r\nContent-Length: 0\r\n\r\n");
            seconds.Add(stranger.ExpectResponse(503).Header(HeaderId.RetryAfter)!);
        }

        Assert.All(seconds, text => Assert.InRange(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture), 15, 60));
        Assert.True(seconds.Count >= 20);
    }
}
