using System.Globalization;

namespace SipAlg.Calls.Dialplan;

/// <summary>
/// Days and a span of the day in a time zone: <c>Mon-Fri 08:00-18:00 Europe/Berlin</c>. Each part may be left out: every day,
/// the whole day, the zone of this host. A span over midnight belongs to the day on which it begins; its end is not in it. On a holiday only
/// windows hold whose days name <c>Hol</c>.
/// </summary>
public sealed class TimeWindow
{
    private static readonly string[] DayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private const string HolidayName = "Hol";
    private const int Holiday = 7;
    private const int MinutesADay = 24 * 60;

    private readonly string _text;
    private int _days = 0b111_1111;
    private int _from;
    private int _to = MinutesADay;
    private TimeZoneInfo _zone = TimeZoneInfo.Local;

    private TimeWindow(string text) => _text = text;

    /// <param name="fault">Which part is not understood, and why.</param>
    public static bool TryParse(string text, out TimeWindow? window, out string fault)
    {
        window = new TimeWindow(text);
        fault = "";
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var next = 0;
        if (next < parts.Length && window.TryDays(parts[next]))
        {
            next++;
        }

        if (next < parts.Length && window.TrySpan(parts[next]))
        {
            next++;
        }

        if (next < parts.Length && window.TryZone(parts[next]))
        {
            next++;
        }

        if (next == parts.Length && next > 0)
        {
            return true;
        }

        fault = parts.Length == 0 ? "nothing is written" : $"'{parts[next]}' is no day range, time range or time zone known here";
        window = null;
        return false;
    }

    /// <summary>It names holidays, which somebody has to list.</summary>
    public bool NamesHolidays => IsDay(Holiday);

    /// <param name="at">In any zone.</param>
    /// <param name="holidays">Null: no day is one.</param>
    public bool Contains(DateTimeOffset at, Holidays? holidays = null)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        var minute = (local.Hour * 60) + local.Minute;
        var date = DateOnly.FromDateTime(local.DateTime);
        if (_from < _to)
        {
            return minute >= _from && minute < _to && IsDay(KindOf(date, holidays));
        }

        return (minute >= _from && IsDay(KindOf(date, holidays))) || (minute < _to && date > DateOnly.MinValue && IsDay(KindOf(date.AddDays(-1), holidays)));
    }

    /// <summary>Whether the moment is on a holiday of this window's zone.</summary>
    public bool IsOnHoliday(DateTimeOffset at, Holidays? holidays) =>
        holidays?.Contains(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, _zone).DateTime)) == true;

    private static int KindOf(DateOnly date, Holidays? holidays) => holidays?.Contains(date) == true ? Holiday : (int)date.DayOfWeek;

    /// <summary>The moment in this window's zone, for a reader of a dry run.</summary>
    public string LocalText(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        return string.Create(CultureInfo.InvariantCulture, $"{DayNames[(int)local.DayOfWeek]} {local:HH:mm} {_zone.Id}");
    }

    public override string ToString() => _text;

    private bool IsDay(int day) => (_days & (1 << day)) != 0;

    private bool TryDays(string text)
    {
        var days = 0;
        foreach (var range in text.Split(','))
        {
            if (range.Equals(HolidayName, StringComparison.OrdinalIgnoreCase))
            {
                days |= 1 << Holiday;
                continue;
            }

            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var first = DayOf(dash < 0 ? range : range[..dash]);
            var last = dash < 0 ? first : DayOf(range[(dash + 1)..]);
            if (first < 0 || last < 0)
            {
                return false;
            }

            for (var day = first; ; day = (day + 1) % 7)
            {
                days |= 1 << day;
                if (day == last)
                {
                    break;
                }
            }
        }

        _days = days;
        return true;
    }

    private bool TrySpan(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !TryMinute(text[..dash], out var from) || !TryMinute(text[(dash + 1)..], out var to) || from == to || from == MinutesADay)
        {
            return false;
        }

        (_from, _to) = (from, to);
        return true;
    }

    private bool TryZone(string text)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone))
        {
            return false;
        }

        _zone = zone;
        return true;
    }

    private static int DayOf(string name) => Array.FindIndex(DayNames, day => day.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool TryMinute(string text, out int minute)
    {
        minute = 0;
        if (text.Length != 5 || text[2] != ':' ||
            !int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) ||
            !int.TryParse(text.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes))
        {
            return false;
        }

        minute = (hours * 60) + minutes;
        return minutes < 60 && minute <= MinutesADay;
    }
}
