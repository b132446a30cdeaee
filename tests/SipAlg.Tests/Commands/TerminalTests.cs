using SipAlg.Commands;

namespace SipAlg.Tests.Commands;

/// <summary>What is written for people.</summary>
public sealed class TerminalTests
{
    /// <summary>Anybody may send an INVITE that an operator looks at later, and what stands in it must not reach his terminal as orders.</summary>
    [Theory]
    [InlineData("User-Agent: \u001b]0;owned\u0007\u001b[2J", "User-Agent: ␛]0;owned␇␛[2J")]
    [InlineData("a\rb\r\nc\r", "a␍b\nc␍")]
    [InlineData("\u009b5n\u007f\0", "�5n␡␀")]
    [InlineData("\u202e1234\u2066\u2029", "�1234��")]
    [InlineData("INVITE sip:a@b SIP/2.0\r\nSubject:\tGrüße 😀\r\n\r\n", "INVITE sip:a@b SIP/2.0\nSubject:\tGrüße 😀\n\n")]
    public void Control_characters_are_shown_and_not_obeyed(string text, string expected)
    {
        using var output = new StringWriter();

        new Terminal(output).Line(text);

        Assert.Equal(expected + "\n", output.ToString().Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    /// <summary>Tables have local times, and what is read there is typed as it stands.</summary>
    [Theory]
    [InlineData("2026-03-02T09:00", "2026-03-02T07:00:00.000Z")]
    [InlineData("2026-03-02 09:00:30", "2026-03-02T07:00:30.000Z")]
    [InlineData("2026-03-02T09:00Z", "2026-03-02T09:00Z")]
    [InlineData("2026-03-02T09:00+01:00", "2026-03-02T09:00+01:00")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00.000Z")]
    [InlineData("yesterday", "yesterday")]
    public void A_time_without_an_offset_is_one_of_here(string typed, string asked) =>
        Assert.Equal(asked, Fields.Moment(typed, TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(2), null, null)));
}
