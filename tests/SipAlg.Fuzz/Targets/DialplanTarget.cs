using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Tables;
using SipAlg.Fuzz.Engine;

namespace SipAlg.Fuzz.Targets;

/// <summary>The small languages of a dialplan and the tables beside it: templates, times, regular expressions, CSV.</summary>
internal sealed class DialplanTarget() : Target("dialplan", 12, Seeded, Pieces)
{
    private static readonly byte[][] Seeded = Texts(
        "+49${n}", "${env:X}${dids.user}x$${", "Mon-Fri 08:00-18:00 Europe/Berlin", "Sat,Sun,holidays 22:00-06:00 UTC", "^(?<n>[0-9]{7,14})$", "^0(0|1)?[^a-z]\\d+$", "number,user\n\"a \"\"b\"\", c\",d\r\n# x\n\n+49,alice\n", "\uFEFFa;b");

    private static readonly byte[][] Pieces = Texts(
        "${", "}", "$", "$$", ".", "Mon", "-", ",", ":", "08:00", "24:00", "00:00", "Europe/Berlin", "UTC", "holidays", " ", "(", ")", "(?<a>", "[", "]", "^", "$", "*", "+", "?", "{1,9}", "|", "\\d", "\\1", "(?=", "\"", "\"\"", "\n", "\r", "\r\n", "#", "é", "\0", "{99}");

    public override int MostTime => 1000;

    public override string? Check(FuzzInput input, Features features)
    {
        var text = Encoding.UTF8.GetString(input.Octets[..Math.Min(input.Length, 400)]);
        if (Template.TryParse(text, out var template))
        {
            features.AddSize(1, template!.CaptureNames.Count());
            features.Add(2, template.Literal is null ? 0 : 1);
        }

        if (TimeWindow.TryParse(text, out var window, out _))
        {
            features.Add(3, window!.NamesHolidays ? 1 : 0);
            _ = window.LocalText(DateTimeOffset.UnixEpoch);
            if (!TimeWindow.TryParse(window.ToString(), out var again, out _) || again!.Contains(DateTimeOffset.UnixEpoch) != window.Contains(DateTimeOffset.UnixEpoch))
            {
                return "A time that is written anew is another.";
            }
        }

        return Expression(text, features) ?? Table(input, features);
    }

    private static string? Expression(string text, Features features)
    {
        // Made only now and then: the runtime takes longer for one than all else here.
        if (text.Length > 40 || !RouteRegex.TryCreate(text, out var regex, out _))
        {
            return null;
        }

        features.Add(4, regex!.Names.Count);
        _ = regex.IsMatch("+4930123456789");
        return regex.LiteralPrefix() is { } prefix && regex.IsMatch("x" + prefix) ? $"'{prefix}' is not what every match begins with." : null;
    }

    private static string? Table(FuzzInput input, Features features)
    {
        var reader = new CsvReader(new MemoryStream(input.Buffer, FuzzInput.Start, input.Length));
        var rows = 0;
        for (; reader.TryRead(); rows++)
        {
            features.AddSize(5, reader.Count);
            for (var field = 0; field < reader.Count; field++)
            {
                if (reader[field].Length > input.Length || reader.At(field).Line < 1 || reader.At(field).Column < 1)
                {
                    return "A field is longer than the file, or nowhere in it.";
                }
            }
        }

        features.Add(6, (int)reader.Fault);
        return rows > input.Length + 1 ? "More rows than octets." : null;
    }
}
