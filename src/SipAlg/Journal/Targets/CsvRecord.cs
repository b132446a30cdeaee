using System.Buffers;
using System.Globalization;
using System.Text;

namespace SipAlg.Journal.Targets;

/// <summary>A call record as a line of a table (RFC 4180); docs/cdr.md describes its columns.</summary>
internal static class CsvRecord
{
    private static readonly (string Name, Func<CallDetails, object?> Value)[] Columns =
    [
        ("id", call => call.Id), ("started", call => call.Started), ("answered", call => call.Answered), ("ended", call => call.Ended),
        ("setup_seconds", call => call.SetupSeconds), ("duration_seconds", call => call.DurationSeconds),
        ("caller", call => call.Caller), ("called", call => call.Called), ("caller_out", call => call.CallerOut), ("called_out", call => call.CalledOut),
        ("from_realm", call => call.FromRealm), ("from_peer", call => call.FromPeer), ("from_user", call => call.FromUser),
        ("to_realm", call => call.ToRealm), ("to_peer", call => call.ToPeer), ("to_user", call => call.ToUser), ("route", call => call.Route),
        ("status", call => call.Status), ("cause", call => call.Cause), ("outcome", call => call.Outcome), ("ended_by", call => call.EndedBy),
        ("packets_from_caller", call => call.PacketsFromCaller), ("packets_from_callee", call => call.PacketsFromCallee),
        .. Quality("from_caller", stream => stream.FromCaller), .. Quality("from_callee", stream => stream.FromCallee),
        ("continued_in", call => call.ContinuedIn), ("verdict", call => call.Verdict?.Code), ("sentence", call => call.Verdict?.Sentence),
    ];

    /// <summary>The first line of a file.</summary>
    public static byte[] Header { get; } = Encoding.ASCII.GetBytes(string.Join(',', Columns.Select(column => column.Name)) + "\r\n");

    public static void Write(JudgedCall call, IBufferWriter<byte> lines)
    {
        var details = CallDetails.Of(call);
        Encoding.UTF8.GetBytes(string.Join(',', Columns.Select(column => Cell(column.Value(details)))) + "\r\n", lines);
    }

    /// <summary>A text as a cell: quoted where it must be, and harmless to a spreadsheet.</summary>
    public static string Cell(string text)
    {
        // One record, one line: what a caller calls himself breaks none.
        var cell = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
        if (IsFormula(cell))
        {
            cell = "'" + cell;
        }

        return cell.AsSpan().ContainsAny(',', '"') || cell.StartsWith(' ') || cell.EndsWith(' ') ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }

    /// <summary>What a spreadsheet would work out: but +4930 is a number, and stays one.</summary>
    private static bool IsFormula(string cell) => cell.Length > 0 && (cell[0] is '=' or '@' || (cell[0] is '+' or '-' && cell.AsSpan(1).ContainsAnyExceptInRange('0', '9')));

    private static string Cell(object? value) => value switch
    {
        null => "",
        string text => Cell(text),
        DateTimeOffset at => UtcMilliseconds.Text(at),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Cell(value.ToString() ?? ""),
    };

    /// <summary>Of the first stream of speech.</summary>
    private static IEnumerable<(string, Func<CallDetails, object?>)> Quality(string from, Func<StreamDetails, DirectionDetails?> direction)
    {
        DirectionDetails? Speech(CallDetails call) => call.Media?.FirstOrDefault(stream => stream.Type == "audio") is { } stream ? direction(stream) : null;
        yield return ($"codec_{from}", call => Speech(call)?.Rtp?.Codec);
        yield return ($"mos_{from}", call => Speech(call)?.Mos);
        yield return ($"loss_{from}", call => Speech(call)?.Rtp?.LossRatio);
        yield return ($"jitter_{from}", call => Speech(call)?.Rtp?.MeanJitterSeconds);
        yield return ($"round_trip_{from}", call => Speech(call)?.RoundTripSeconds);
    }
}
