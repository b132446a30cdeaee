using SipAlg.Calls.Tests.Authentication;
using SipAlg.Protocol.Digest;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>The clock of the host is set: nonces that were given out hold, and so do contacts, for the time that they were granted.</summary>
public sealed class WallClockRegistrationTests : UserTest
{
    [Theory]
    [InlineData(-864_000)]
    [InlineData(864_000)]
    public void Contacts_and_nonces_hold_for_their_time(int seconds)
    {
        RegisterBoth();
        var nonce = Nonce(Challenge());
        Scene.WallClockJump = TimeSpan.FromSeconds(seconds);
        Assert.Equal(2, Scene.Calls.Registrar!.Active(SceneModel.Inside));
        Desk.Send(Register(AuthenticationBench.Answer(nonce, 1, "anna", AuthenticationBench.Password, DigestAlgorithm.Md5), 2));
        Assert.Equal("SIP/2.0 200 OK", Desk.ExpectResponse(200).StartLine);
        Scene.Advance(3601_000);
        Assert.Equal(0, Scene.Calls.Registrar!.Active(SceneModel.Inside));
    }

    private Testing.Lanes.SentMessage Challenge()
    {
        Desk.Send(Register("", 1));
        return Desk.ExpectResponse(401);
    }

    private string Register(string authorization, int sequence) =>
        $"REGISTER sip:{AuthenticationBench.Domain} SIP/2.0\r\nVia: SIP/2.0/UDP {Desk.Flow.Remote};branch=z9hG4bKclock{sequence};rport\r\nMax-Forwards: 70\r\n" +
        $"From: <sip:anna@{AuthenticationBench.Domain}>;tag=1\r\nTo: <sip:anna@{AuthenticationBench.Domain}>\r\nCall-ID: clock@desk\r\nCSeq: {sequence} REGISTER\r\n" +
        $"Contact: <{Desk.Contact}>\r\n{authorization}Content-Length: 0\r\n\r\n";
}
