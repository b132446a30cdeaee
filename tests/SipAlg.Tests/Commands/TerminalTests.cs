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
    [InlineData("INVITE sip:a@b SIP/2.0\r\nSubject:\tGrüße 😀\r\n\r\n", "INVITE sip:a@b SIP/2.0\nSubject:\tGrüße 😀\n\n")]
    public void Control_characters_are_shown_and_not_obeyed(string text, string expected)
    {
        using var output = new StringWriter();

        new Terminal(output).Line(text);

        Assert.Equal(expected + "\n", output.ToString().Replace("\r\n", "\n", StringComparison.Ordinal));
    }
}
