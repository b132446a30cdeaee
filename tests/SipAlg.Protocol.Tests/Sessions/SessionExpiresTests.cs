using System.Text;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Tests.Sip;
using By = SipAlg.Protocol.Sessions.SessionRefresher;

namespace SipAlg.Protocol.Tests.Sessions;

public sealed class SessionExpiresTests
{
    [Theory]
    [InlineData("1800", 1800u, By.None)]
    [InlineData(" 1800 ", 1800u, By.None)]
    [InlineData("90;refresher=uac", 90u, By.Uac)]
    [InlineData("90 ; refresher = UAS", 90u, By.Uas)]
    [InlineData("90;x=y;refresher=uas;z", 90u, By.Uas)]
    [InlineData("90;refresher=proxy", 90u, By.None)]
    [InlineData("90;refresher", 90u, By.None)]
    [InlineData("90;;", 90u, By.None)]
    [InlineData("0", 0u, By.None)]
    [InlineData("4294967295", uint.MaxValue, By.None)]
    [InlineData("99999999999999999999999999", uint.MaxValue, By.None)]
    public void Is_read(string text, uint seconds, By refresher)
    {
        Assert.True(SessionExpires.TryParse(Encoding.ASCII.GetBytes(text), out var expires));
        Assert.Equal(new SessionExpires(seconds, refresher), expires);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";refresher=uac")]
    [InlineData("-1")]
    [InlineData("90s")]
    [InlineData("1 2")]
    [InlineData("uac")]
    public void Is_refused(string text)
    {
        Assert.False(SessionExpires.TryParse(Encoding.ASCII.GetBytes(text), out var expires));
        Assert.Equal(default, expires);
        Assert.Equal(0u, SessionExpires.ParseLeast(Encoding.ASCII.GetBytes(text)));
    }

    [Theory]
    [InlineData("120", 120u)]
    [InlineData("120;lr", 120u)]
    public void Min_se_is_read(string text, uint seconds) => Assert.Equal(seconds, SessionExpires.ParseLeast(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(1800u, By.None, "Session-Expires: 1800\r\n")]
    [InlineData(90u, By.Uac, "Session-Expires: 90;refresher=uac\r\n")]
    [InlineData(uint.MaxValue, By.Uas, "Session-Expires: 4294967295;refresher=uas\r\n")]
    public void Is_written(uint seconds, By refresher, string text)
    {
        var writer = new MessageWriter(new byte[100]);
        new SessionExpires(seconds, refresher).Write(ref writer);
        Assert.Equal(text, Encoding.ASCII.GetString(writer.Written));
    }

    [Fact]
    public void A_request_is_read()
    {
        Assert.Equal(new SessionRequest(new SessionExpires(600, By.Uac), 120, true), Of("Session-Expires: 600;refresher=uac", "Min-SE: 120", "Supported: 100rel, TIMER"));
        Assert.Equal(new SessionRequest(new SessionExpires(600, By.None), 0, true), Of("x: 600", "Require: timer"));
        Assert.Equal(new SessionRequest(default, 0, false), Of("Session-Expires: soon", "Supported: timers"));
        Assert.Equal(new SessionRequest(default, 0, true), Of("k: timer"));
        Assert.True(Of("Supported: timer", "Session-Expires: 0").IsTooShort);
    }

    private static SessionRequest Of(params string[] fields) => SessionRequest.Of(Sample.Read(Sample.Invite(fields)));

    [Theory]
    [InlineData(89u, true, true)]
    [InlineData(1u, true, true)]
    [InlineData(89u, false, false)]
    [InlineData(90u, true, false)]
    [InlineData(0u, true, false)]
    public void What_is_too_short(uint seconds, bool isSupported, bool isTooShort) =>
        Assert.Equal(isTooShort, new SessionRequest(new SessionExpires(seconds, By.None), 0, isSupported).IsTooShort);

    /// <summary>RFC 4028 §9 and its table 2: the interval is theirs or shorter, never below Min-SE; who refreshes.</summary>
    [Theory]
    [InlineData(0u, By.None, 0u, true, 1800u, By.None, 1800u, By.Uas, true, true)]
    [InlineData(0u, By.None, 0u, false, 1800u, By.None, 1800u, By.Uas, false, false)]
    [InlineData(0u, By.None, 3600u, true, 1800u, By.None, 3600u, By.Uas, true, true)]
    [InlineData(0u, By.None, 0u, true, 0u, By.None, 0u, By.None, false, false)]
    [InlineData(600u, By.None, 0u, true, 0u, By.None, 600u, By.Uas, true, true)]
    [InlineData(600u, By.Uac, 0u, true, 1800u, By.None, 600u, By.Uac, true, true)]
    [InlineData(600u, By.Uas, 0u, true, 1800u, By.Uac, 600u, By.Uas, true, true)]
    [InlineData(600u, By.None, 0u, true, 1800u, By.Uac, 600u, By.Uac, true, true)]
    [InlineData(600u, By.None, 0u, false, 1800u, By.None, 600u, By.Uas, true, false)]
    [InlineData(600u, By.Uac, 0u, false, 1800u, By.Uac, 600u, By.Uas, true, false)]
    [InlineData(3600u, By.Uac, 0u, true, 1800u, By.None, 1800u, By.Uac, true, true)]
    [InlineData(3600u, By.Uac, 2400u, true, 1800u, By.None, 2400u, By.Uac, true, true)]
    [InlineData(3600u, By.Uac, 7200u, true, 1800u, By.None, 3600u, By.Uac, true, true)]
    [InlineData(3600u, By.Uac, 0u, true, 10u, By.None, 90u, By.Uac, true, true)]
    [InlineData(89u, By.Uac, 0u, false, 1800u, By.None, 1800u, By.Uas, false, false)]
    [InlineData(89u, By.Uac, 0u, false, 0u, By.None, 0u, By.None, false, false)]
    public void What_is_answered(uint asked, By refresher, uint least, bool isSupported, uint wanted, By current, uint seconds, By answered, bool isShown, bool isRequired)
    {
        var agreed = new SessionRequest(new SessionExpires(asked, refresher), least, isSupported).Answer(wanted, current);
        Assert.Equal(new SessionAgreement(new SessionExpires(seconds, answered), isShown, isRequired), agreed);
        Assert.Equal(seconds == 0, agreed.IsNone);
    }

    [Theory]
    [InlineData("Session-Expires: 600;refresher=uas", 600u, By.Uas)]
    [InlineData("Session-Expires: 600;refresher=uac", 600u, By.Uac)]
    [InlineData("Session-Expires: 600", 600u, By.Uac)]
    [InlineData("Session-Expires: 10;refresher=uas", 90u, By.Uas)]
    [InlineData("X-None: x", 1800u, By.Uac)]
    [InlineData("Session-Expires: later", 1800u, By.Uac)]
    public void What_an_answer_says(string field, uint seconds, By refresher)
    {
        var agreed = SessionAgreement.Of(Sample.Read(Sample.Invite(field)), 1800);
        Assert.Equal(new SessionExpires(seconds, refresher), agreed.Expires);
    }

    [Fact]
    public void An_answer_that_says_nothing_to_a_request_that_asked_nothing() => Assert.True(SessionAgreement.Of(Sample.Read(Sample.Invite("X: y")), 0).IsNone);
}
