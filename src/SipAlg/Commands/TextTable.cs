using System.Globalization;
using Spectre.Console.Rendering;

namespace SipAlg.Commands;

/// <summary>Lays cells out in columns, two spaces apart. What is too wide for the line is cut, the widest columns first, but not the first one: it is what other commands are told. What has no room then is left out at the end.</summary>
internal static class TextTable
{
    private const string Gap = "  ";
    private const int Narrowest = 6;
    private const char Cut = '…';

    /// <param name="rows">Of one length.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Lines(string[][] rows, int width)
    {
        if (rows.Length == 0)
        {
            return [];
        }

        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => Width(Plain(row[column]))))];
        var room = width - ((widths.Length - 1) * Gap.Length);
        while (widths.Sum() > room && Widest(widths) is var widest and > 0)
        {
            widths[widest]--;
        }

        return rows.Select(row => Fit(string.Join(Gap, row.Select((cell, column) => Fit(Plain(cell), widths[column]))).TrimEnd(), width).TrimEnd());
    }

    /// <summary>The last of the widest that may still be cut; 0: none may.</summary>
    private static int Widest(int[] widths)
    {
        var widest = 0;
        for (var column = 1; column < widths.Length; column++)
        {
            widest = widths[column] > Narrowest && (widest == 0 || widths[column] >= widths[widest]) ? column : widest;
        }

        return widest;
    }

    private static string Fit(string cell, int width)
    {
        var (end, taken) = (cell.Length, Width(cell));
        if (taken > width)
        {
            (end, taken) = Beginning(cell, width - 1);
            return $"{cell.AsSpan(0, end)}{Cut}{new string(' ', width - 1 - taken)}";
        }

        return cell + new string(' ', width - taken);
    }

    /// <summary>As much of a text as has room: accents and what else belongs to a letter stay with it (UAX #29).</summary>
    private static (int End, int Width) Beginning(string text, int width)
    {
        var (end, taken) = (0, 0);
        while (end < text.Length)
        {
            var letter = text.Substring(end, StringInfo.GetNextTextElementLength(text.AsSpan(end)));
            if (taken + Width(letter) > width)
            {
                break;
            }

            (end, taken) = (end + letter.Length, taken + Width(letter));
        }

        return (end, taken);
    }

    /// <summary>Columns of a terminal: two of a Chinese letter, none of an accent.</summary>
    private static int Width(string text) => new Segment(text).CellCount();

    /// <summary>What callers call themselves moves no cursor and breaks no line.</summary>
    private static string Plain(string cell) => cell.Any(char.IsControl) ? string.Concat(cell.Select(character => char.IsControl(character) ? ' ' : character)) : cell;
}
