using System.Globalization;
using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Tables;

/// <summary>Reads files of holidays: a date a line, <c>2026-12-25</c> or <c>12-25</c> for every year, and after it what it is called.</summary>
internal sealed class HolidaySource(ISourceFiles files, ProblemList problems)
{
    private const string Yearly = "MM-dd";
    private const string Once = "yyyy-MM-dd";

    /// <summary>A year in which every day exists that may be a yearly one.</summary>
    private const string LeapYear = "2000-";

    private readonly Dictionary<string, Holidays?> _read = new(StringComparer.Ordinal);

    /// <param name="written">Relative to the dialplan that names it.</param>
    /// <returns>Null when there is an error in it.</returns>
    public Holidays? Read(Located<string> written)
    {
        var path = files.Resolve(written.At.File, written.Value);
        if (_read.TryGetValue(path, out var known))
        {
            return known;
        }

        if (!files.TryRead(path, out var text, out var fault))
        {
            problems.Error(written.At, $"the holidays '{path}' cannot be read: {fault}", "paths are relative to the dialplan");
        }

        return _read[path] = fault.Length == 0 ? Parse(path, text) : null;
    }

    private Holidays? Parse(string path, string text)
    {
        var dates = new List<DateOnly>();
        var yearly = new List<(int, int)>();
        var isSound = true;
        foreach (var (index, line) in text.TrimStart('\uFEFF').Split('\n').Index())
        {
            var date = line.Split('#')[0].Split([' ', '\t', ',', ';', '\r'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
            if (TryDate(date, Once, out var once))
            {
                dates.Add(once);
            }
            else if (TryDate(LeapYear + date, Once, out var each) && date.Length == Yearly.Length)
            {
                yearly.Add((each.Month, each.Day));
            }
            else if (date.Length > 0)
            {
                problems.Error(new SourcePosition(path, index + 1, line.IndexOf(date, StringComparison.Ordinal) + 1), $"'{date}' is no date", "write 2026-12-25, or 12-25 for every year; its name may follow");
                isSound = false;
            }
        }

        return isSound ? new Holidays(dates, yearly) : null;
    }

    private static bool TryDate(string text, string format, out DateOnly date) =>
        DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
