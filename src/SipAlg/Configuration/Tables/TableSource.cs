using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Tables;

/// <summary>Reads the tables of numbers that a configuration names.</summary>
/// <param name="configuration">The file that names them.</param>
internal sealed class TableSource(ISourceFiles files, ProblemList problems, string configuration)
{
    /// <summary>A file of another kind has a fault in every line.</summary>
    private const int MostProblems = 20;

    /// <returns>By name; a table with errors is none.</returns>
    public IReadOnlyDictionary<string, NumberTable> Read(IReadOnlyList<Named<TableOptions>> tables) => tables
        .Select(Read).OfType<NumberTable>().DistinctBy(table => table.Name).ToDictionary(table => table.Name, StringComparer.Ordinal);

    private NumberTable? Read(Named<TableOptions> table)
    {
        if (table.Value is not { File: { } file, Key: { } key })
        {
            return null;
        }

        var path = files.Resolve(configuration, file.Value);
        if (!files.TryOpen(path, out var stream, out var fault))
        {
            problems.Error(file.At, $"the table '{path}' cannot be read: {fault}", "paths are relative to the configuration file");
            return null;
        }

        using (stream)
        {
            try
            {
                return new Reading(new CsvReader(stream), path, problems).Read(table.Name, key, table.Value.IsPrefix?.Value ?? false);
            }
            catch (IOException failed)
            {
                problems.Error(file.At, $"the table '{path}' cannot be read: {failed.Message}");
                return null;
            }
        }
    }

    /// <summary>One file.</summary>
    private sealed class Reading(CsvReader csv, string path, ProblemList problems)
    {
        private readonly List<int> _lines = [];
        private int _faults;

        public NumberTable? Read(string name, Located<string> key, bool isPrefix)
        {
            if (Header(key) is not { } columns)
            {
                return null;
            }

            var at = columns.IndexOf(key.Value);
            var builder = new NumberTableBuilder(name, isPrefix, [key.Value, .. columns.RemoveAt(at)]);
            while (_faults < MostProblems && csv.TryRead())
            {
                Row(builder, at, columns.Length);
            }

            if (_faults == MostProblems)
            {
                problems.Error(new SourcePosition(path, csv.Line, 1), $"{MostProblems} problems up to here; what follows was not read");
            }

            return _faults == 0 ? builder.Build() : null;
        }

        private ImmutableArray<string>? Header(Located<string> key)
        {
            if (!csv.TryRead())
            {
                problems.Error(new SourcePosition(path, 1, 1), "the table is empty", $"its first line names the columns: {key.Value},…");
                return null;
            }

            if (!IsSound())
            {
                return null;
            }

            ImmutableArray<string> columns = [.. Enumerable.Range(0, csv.Count).Select(field => Encoding.UTF8.GetString(csv[field]))];
            for (var field = 0; field < columns.Length; field++)
            {
                Column(columns, field);
            }

            if (_faults == 0 && !columns.Contains(key.Value))
            {
                problems.Error(key.At, $"the table '{path}' has no column '{key.Value}'", Suggestion.Hint(key.Value, columns));
                _faults++;
            }

            return _faults == 0 ? columns : null;
        }

        private void Column(ImmutableArray<string> columns, int field)
        {
            if (columns.IndexOf(columns[field]) != field)
            {
                Fail(field, $"the column '{columns[field]}' is written twice");
            }
            else if (columns[field].Contains(';', StringComparison.Ordinal))
            {
                Fail(field, $"'{columns[field]}' is no name of a column", "separate columns by commas, not by semicolons");
            }
            else if (columns[field].Length == 0 || !columns[field].All(character => char.IsLetterOrDigit(character) || character is '-' or '_'))
            {
                Fail(field, $"'{columns[field]}' is no name of a column: letters, digits, '-' and '_'", "the first line names the columns");
            }
        }

        private void Row(NumberTableBuilder builder, int key, int columns)
        {
            if (!IsSound())
            {
                return;
            }

            if (csv.Count != columns)
            {
                Fail(Math.Min(csv.Count - 1, columns), $"this row has {Count(csv.Count)}, the header {Count(columns)}", "put values with commas in quotes");
            }
            else if (csv[key].Length is 0 or > NumberTable.MostKeyOctets)
            {
                Fail(key, csv[key].IsEmpty ? "this row has no key" : $"a key has at most {NumberTable.MostKeyOctets} octets");
            }
            else if (builder.TryBegin(csv[key], out var earlier))
            {
                Add(builder, key);
            }
            else
            {
                Fail(key, $"'{Encoding.UTF8.GetString(csv[key])}' is in the table already", $"the first is in line {_lines[earlier]}");
            }
        }

        private void Add(NumberTableBuilder builder, int key)
        {
            _lines.Add(csv.Line);
            for (var field = 0; field < csv.Count; field++)
            {
                if (field != key)
                {
                    builder.Append(csv[field]);
                }
            }
        }

        private bool IsSound()
        {
            var (message, hint) = csv.Fault switch
            {
                CsvFault.OpenQuote => ("this quote has no end", "write a quote within quotes as \"\""),
                CsvFault.TextAfterQuote => ("something follows the closing quote", "write a quote within quotes as \"\""),
                CsvFault.TooLong => ("this record is too long", "64 KB and 1,000 columns are the most"),
                CsvFault.NotUtf8 => ("this is no UTF-8", "save the file as UTF-8"),
                CsvFault.LoneReturn => ("a carriage return stands here without a line feed", "end lines by LF or CR LF"),
                _ => ("", ""),
            };
            if (csv.Fault != CsvFault.None)
            {
                Fail(csv.FaultAt, message, hint);
            }

            return csv.Fault == CsvFault.None;
        }

        private void Fail(int field, string message, string? hint = null) => Fail(csv.At(field), message, hint);

        private void Fail((int Line, int Column) at, string message, string? hint)
        {
            problems.Error(new SourcePosition(path, at.Line, at.Column), message, hint);
            _faults++;
        }

        private static string Count(int columns) => columns == 1 ? "1 column" : $"{columns} columns";
    }
}
