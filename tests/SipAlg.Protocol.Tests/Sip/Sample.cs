using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>Messages as text, their lines ended by CRLF.</summary>
internal static class Sample
{
    public const string StartLine = "INVITE sip:bob@example.com SIP/2.0";

    private const string Core = """
        Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1
        Max-Forwards: 70
        From: <sip:alice@example.com>;tag=a
        To: <sip:bob@example.com>
        Call-ID: 1@example.com
        CSeq: 1 INVITE
        """;

    /// <summary>A sound INVITE; a header line given here takes the place of the one with the same name, others come behind.</summary>
    public static string Invite(params string[] lines) => Message(StartLine, lines);

    public static string Message(string startLine, params string[] lines)
    {
        var own = Core.ReplaceLineEndings("\n").Split('\n').Where(line => !lines.Any(other => Name(other) == Name(line)));
        return string.Join("\r\n", [startLine, .. own, .. lines, "", ""]);
    }

    /// <summary>The same without one of its header lines.</summary>
    public static string Without(string name) =>
        string.Join("\r\n", Invite().Split("\r\n").Where(line => Name(line) != name));

    private static string Name(string line) => line.Split(':')[0].Trim();

    public static MessageFault Parse(string text, out SipMessage message, bool isStream = false) => Parse(Encoding.UTF8.GetBytes(text), out message, isStream);

    public static MessageFault Parse(byte[] octets, out SipMessage message, bool isStream = false)
    {
        message = new SipMessage();
        return SipParser.Parse(message, octets, 0, octets.Length, isStream);
    }

    public static MessageFault Fault(string text, bool isStream = false) => Parse(text, out _, isStream);

    /// <summary>Parses what must be sound.</summary>
    public static SipMessage Read(string text, bool isStream = false)
    {
        Assert.Equal(MessageFault.None, Parse(text, out var message, isStream));
        return message;
    }

    public static string Text(this SipMessage message, Slice slice) => Text(message[slice]);
    public static string Text(ReadOnlySpan<byte> octets) => Encoding.UTF8.GetString(octets);
    public static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text);
}
