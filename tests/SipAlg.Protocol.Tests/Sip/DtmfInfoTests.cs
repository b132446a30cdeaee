using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

public sealed class DtmfInfoTests
{
    private static bool TryRead(string type, string body, out DtmfDigit digit) =>
        DtmfInfo.TryRead(Encoding.ASCII.GetBytes(type), Encoding.ASCII.GetBytes(body), out digit);

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=5\r\nDuration=250\r\n", 5, 250)]
    [InlineData("application/dtmf-relay", "Signal= 5\nDuration= 250", 5, 250)]
    [InlineData("Application/DTMF-Relay;charset=utf-8", "duration=80\r\nsignal=*\r\n", 10, 80)]
    [InlineData("application/dtmf-relay", "Signal=11\r\nDuration=160\r\n", 11, 160)]
    [InlineData("application/dtmf-relay", "Signal=d\r\n", 15, 160)]
    [InlineData("application/dtmf-relay", "Signal=#\r\nDuration=lots\r\n", 11, 160)]
    [InlineData("application/dtmf-relay", "Signal=1\r\nDuration=0\r\n", 1, 160)]
    [InlineData("application/dtmf-relay", "7", 7, 160)]
    [InlineData("application/dtmf", "7", 7, 160)]
    [InlineData("application/dtmf", " #\r\n", 11, 160)]
    [InlineData("application/dtmf", "Signal=7\r\nDuration=90\r\n", 7, 90)]
    public void Reads_a_digit(string type, string body, byte code, int milliseconds)
    {
        Assert.True(TryRead(type, body, out var digit));
        Assert.Equal(new DtmfDigit(code, milliseconds), digit);
    }

    [Theory]
    [InlineData("application/dtmf", "")]
    [InlineData("application/dtmf", "12")]
    [InlineData("application/dtmf", "!")]
    [InlineData("application/dtmf-relay", "Signal=\r\nDuration=160\r\n")]
    [InlineData("application/dtmf-relay", "Signal=16\r\nDuration=160\r\n")]
    [InlineData("application/dtmf-relay", "Signal=09\r\n")]
    [InlineData("application/dtmf-relay", "Duration=160\r\n")]
    [InlineData("application/dtmf-relays", "Signal=5\r\n")]
    [InlineData("text/plain", "5")]
    [InlineData("", "5")]
    public void What_is_no_digit_is_none(string type, string body) => Assert.False(TryRead(type, body, out _));

    [Fact]
    public void Writes_what_it_reads()
    {
        var body = new byte[DtmfInfo.MaxLength];
        for (byte code = 0; code < DtmfDigit.Codes; code++)
        {
            var digit = new DtmfDigit(code, 65535);
            Assert.True(DtmfInfo.TryRead(DtmfInfo.RelayType, body.AsSpan(0, DtmfInfo.Write(digit, false, body)), out var read));
            Assert.Equal(digit, read);
            Assert.True(DtmfInfo.TryRead(DtmfInfo.BareType, body.AsSpan(0, DtmfInfo.Write(digit, true, body)), out read));
            Assert.Equal(code, read.Code);
        }

        Assert.Equal("Signal=*\r\nDuration=160\r\n", Encoding.ASCII.GetString(body, 0, DtmfInfo.Write(new DtmfDigit(10, 160), false, body)));
    }

    [Fact]
    public void Nothing_that_comes_breaks_it() => Prop.ForAll(
        Arb.From(Gen.Frequency((3, Gen.Elements("Signal", "=", "5", "\r\n", "Duration", " ", "99999999999", "*").Select(Encoding.ASCII.GetBytes)), (1, Gen.Choose(0, 255).Select(octet => new[] { (byte)octet }))).ListOf()),
        parts =>
        {
            var isRead = DtmfInfo.TryRead(DtmfInfo.RelayType, parts.SelectMany(part => part).ToArray(), out var digit);
            return !isRead || (digit.Code < DtmfDigit.Codes && digit.Milliseconds is > 0 and <= 65535);
        }).QuickCheckThrowOnFailure();
}
