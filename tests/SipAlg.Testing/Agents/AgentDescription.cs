using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace SipAlg.Testing.Agents;

/// <summary>
/// A session description as agents compare it. Its mark crosses the gateway as an unknown attribute does: two agents that hold the
/// same marks hold the same session.
/// </summary>
/// <param name="Mark">Different in each description that differs.</param>
/// <param name="Direction">sendrecv, sendonly, recvonly, inactive.</param>
/// <param name="Media">The m= lines: which medium, and whether its port is not 0.</param>
public sealed record AgentDescription(string Mark, string Direction, ImmutableArray<(string Kind, bool IsOn)> Media)
{
    public const string SendAndReceive = "sendrecv";

    /// <summary>Streams that are in use.</summary>
    public int Streams => Media.Count(media => media.IsOn);

    /// <summary>Null where there is no description.</summary>
    public static AgentDescription? Parse(string body)
    {
        if (!body.StartsWith("v=0", StringComparison.Ordinal))
        {
            return null;
        }

        var (mark, direction) = ("", SendAndReceive);
        var media = ImmutableArray.CreateBuilder<(string, bool)>(2);
        foreach (var line in body.Split("\r\n"))
        {
            if (line.StartsWith("a=mark:", StringComparison.Ordinal))
            {
                mark = line[7..];
            }
            else if (line is "a=sendonly" or "a=recvonly" or "a=inactive")
            {
                direction = line[2..];
            }
            else if (line.StartsWith("m=", StringComparison.Ordinal))
            {
                var words = line[2..].Split(' ');
                media.Add((words[0], words[1] != "0"));
            }
        }

        return new AgentDescription(mark, direction, media.ToImmutable());
    }

    /// <summary>RFC 4566 text.</summary>
    /// <param name="address">Of signalling and media.</param>
    /// <param name="session">The number of the session in o=.</param>
    /// <param name="version">RFC 3264 §8: one more whenever something else changed.</param>
    public string Write(string address, int session, int version)
    {
        var text = new StringBuilder(256);
        text.Append(CultureInfo.InvariantCulture, $"v=0\r\no=- {session} {version} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\na=mark:{Mark}\r\na={Direction}\r\n");
        var port = 4000;
        foreach (var (kind, isOn) in Media)
        {
            text.Append(CultureInfo.InvariantCulture, $"m={kind} {(isOn ? port : 0)} RTP/AVP {(kind == "audio" ? 0 : 34)}\r\n");
            port += 2;
        }

        return text.ToString();
    }

    /// <summary>RFC 3264 §6: as many m= lines as the offer has, those that are taken in use, and the direction turned round.</summary>
    public AgentDescription AnsweredBy(string mark, bool takesVideo) => new(
        mark,
        Direction switch { "sendonly" => "recvonly", "recvonly" => "sendonly", var same => same },
        [.. Media.Select(media => (media.Kind, media.IsOn && (takesVideo || media.Kind != "video")))]);
}
