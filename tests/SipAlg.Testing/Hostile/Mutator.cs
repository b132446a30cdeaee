using System.Text;

namespace SipAlg.Testing.Hostile;

/// <summary>Damages text protocols where it hurts: lines, tokens, numbers, lengths and ends. The same seed does the same.</summary>
public sealed class Mutator(int seed)
{
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\r\n\r\n", "\r\n ", "\0", "\"", "\\", "<", ">", ",", ";", ":", "=", "@", "%", "%0", "?", "[", "]", "/", " ", "\t", "ä",
            "SIP/2.0", "sip:", "tel:", ";branch=", ";tag=", ";rport", ";lr", "z9hG4bK", "INVITE", "CANCEL", "Via: ", "v:", "l: ", "Content-Length: ",
            "CSeq: 1 INVITE", "[::1]", "4294967296", "-1", "0", "99999999999999999999", "m=audio ", "c=IN IP4 ", "a=rtcp:", "o=", "v=0",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly Random _random = new(seed);

    /// <summary>A copy with one to six damages; at most 64 KB.</summary>
    public byte[] Damage(ReadOnlySpan<byte> source)
    {
        var octets = source.ToArray().ToList();
        for (var left = _random.Next(1, 7); left > 0; left--)
        {
            DamageOnce(octets);
        }

        return [.. octets.Take(65000)];
    }

    private void DamageOnce(List<byte> octets)
    {
        var at = _random.Next(octets.Count + 1);
        switch (_random.Next(9))
        {
            case 0 when at < octets.Count:
                octets[at] = (byte)_random.Next(256);
                break;
            case 1:
                octets.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                break;
            case 2:
                octets.RemoveRange(at, Math.Min(_random.Next(1, 40), octets.Count - at));
                break;
            case 3:
                octets.RemoveRange(at, octets.Count - at);
                break;
            case 4:
                Repeat(octets, at, _random.Next(1, 60), _random.Next(1, 12));
                break;
            case 5:
                MoveLine(octets, at);
                break;
            case 6:
                ChangeNumber(octets, at);
                break;
            case 7 when _random.Next(20) == 0:
                Repeat(octets, at, _random.Next(1, 8), 4000);
                break;
            default:
                octets.InsertRange(at, Enumerable.Repeat((byte)_random.Next(256), _random.Next(1, 5)));
                break;
        }
    }

    private static void Repeat(List<byte> octets, int at, int length, int times)
    {
        var part = octets.Skip(at).Take(length).ToArray();
        for (var n = 0; n < times; n++)
        {
            octets.InsertRange(at, part);
        }
    }

    /// <summary>Takes the line around a place and puts it, or a copy, elsewhere.</summary>
    private void MoveLine(List<byte> octets, int at)
    {
        var start = at == 0 ? 0 : octets.LastIndexOf((byte)'\n', Math.Min(at, octets.Count) - 1) + 1;
        var end = octets.IndexOf((byte)'\n', start) + 1;
        if (end == 0)
        {
            return;
        }

        var line = octets.GetRange(start, end - start);
        if (_random.Next(2) == 0)
        {
            octets.RemoveRange(start, end - start);
        }

        var target = octets.IndexOf((byte)'\n', _random.Next(octets.Count + 1)) + 1;
        octets.InsertRange(target, line);
    }

    private void ChangeNumber(List<byte> octets, int at)
    {
        var start = octets.FindIndex(at, octet => char.IsAsciiDigit((char)octet));
        if (start < 0)
        {
            return;
        }

        var end = start;
        while (end < octets.Count && char.IsAsciiDigit((char)octets[end]))
        {
            end++;
        }

        octets.RemoveRange(start, end - start);
        var number = _random.Next(4) switch { 0 => "0", 1 => "4294967295", 2 => _random.NextInt64().ToString(), _ => _random.Next(70000).ToString() };
        octets.InsertRange(start, Encoding.ASCII.GetBytes(number));
    }
}
