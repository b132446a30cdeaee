using System.Globalization;
using System.Text;

namespace SipAlg.Journal.Targets;

/// <summary>Records that wait for a server, from the oldest on.</summary>
/// <param name="Lines">Whole ones.</param>
/// <param name="Records">How many.</param>
/// <param name="Segment">The file that they are in.</param>
/// <param name="End">Where the next one begins in it.</param>
internal sealed record SpooledRecords(byte[] Lines, int Records, long Segment, long End);

/// <summary>
/// Call records on their way to a server, in numbered files of lines: appended at the end, taken from the beginning, and deleted when all of
/// a file has been taken. A file <c>taken</c> says how far the first one is; if a crash leaves that behind, some are sent once more. What
/// exceeds the size goes, the oldest first, and is counted, as is what somebody else has deleted.
/// </summary>
/// <param name="folder">Its own.</param>
/// <param name="overflowed">Told of how many were dropped.</param>
/// <param name="appended">Told that there is more.</param>
internal sealed class CdrSpool(string folder, Action<int> overflowed, Action appended) : ICdrSink
{
    private const string Extension = ".jsonl";
    private const int ReadAtOnce = 1 << 20;
    private const int SmallestSegment = 4096;
    private const int LargestSegment = 1 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<Segment> _segments = new();
    private long _most = long.MaxValue;
    private long _mostOfSegment = LargestSegment;
    private bool _isSynced;
    private bool _isOpen;
    private long _taken;
    private long _octets;
    private long _records;

    public string Place => folder;

    /// <summary>Records that wait.</summary>
    public long Records => Volatile.Read(ref _records);

    private string TakenFile => Path.Combine(folder, "taken");

    /// <param name="most">Octets that it holds.</param>
    /// <param name="isSynced">Each group is forced to the disk.</param>
    public void Bound(long most, bool isSynced)
    {
        lock (_lock)
        {
            // What is dropped at once is a small part of all.
            (_most, _mostOfSegment, _isSynced) = (most, Math.Clamp(most / 8, SmallestSegment, LargestSegment), isSynced);
        }
    }

    public void Append(ReadOnlySpan<byte> lines, int records)
    {
        lock (_lock)
        {
            Open();
            DropOldest(lines.Length);
            var segment = _segments.Last is { Value: { IsOurs: true } last } && last.Octets < _mostOfSegment && IsWhole(last) ? last : Begin();
            Write(segment, lines);
            segment.Octets += lines.Length;
            segment.Records += records;
            _octets += lines.Length;
            Volatile.Write(ref _records, _records + records);
        }

        appended();
    }

    public void Idle()
    {
    }

    /// <summary>The oldest that wait; null when none do.</summary>
    /// <param name="records">At most.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public SpooledRecords? Oldest(int records)
    {
        lock (_lock)
        {
            Open();
            while (_segments.First is { } first)
            {
                if (Read(first.Value, records) is { } found)
                {
                    return found;
                }

                // Somebody has deleted it, or cut it short.
                Drop(first);
            }

            return null;
        }
    }

    /// <summary>The server has them.</summary>
    /// <returns>false: they were dropped meanwhile.</returns>
    /// <exception cref="IOException">That cannot be kept: after a restart they are sent once more.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public bool Taken(SpooledRecords records)
    {
        lock (_lock)
        {
            if (_segments.First is not { } first || first.Value.Number != records.Segment)
            {
                return false;
            }

            Volatile.Write(ref _records, _records - records.Records);
            first.Value.Records -= records.Records;
            _octets -= records.End - _taken;
            _taken = records.End;
            if (_taken >= first.Value.Octets)
            {
                Remove(first);
            }
            else
            {
                Note();
            }

            return true;
        }
    }

    private void Open()
    {
        Directory.CreateDirectory(folder);
        if (_isOpen)
        {
            return;
        }

        _segments.Clear();
        (_octets, _records) = (0, 0);
        var numbers = Directory.EnumerateFiles(folder, "*" + Extension)
            .Select(file => long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0).Order();
        var (taken, upTo) = ReadTaken();
        foreach (var number in numbers)
        {
            var from = number == taken ? upTo : 0;
            var (octets, records) = Count(PathOf(number), from);
            _segments.AddLast(new Segment(number) { Octets = octets, Records = records });
            _octets += octets - from;
            _records += records;
            _taken = _segments.Count == 1 ? from : _taken;
        }

        _isOpen = true;
    }

    private Segment Begin() => _segments.AddLast(new Segment((_segments.Last?.Value.Number ?? ReadTaken().Segment) + 1) { IsOurs = true }).Value;

    private void Write(Segment segment, ReadOnlySpan<byte> lines)
    {
        using var file = new FileStream(PathOf(segment.Number), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            // Behind what counts: of a write that failed something may stand there.
            file.SetLength(segment.Octets);
            file.Seek(0, SeekOrigin.End);
            file.Write(lines);
            if (_isSynced)
            {
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            if (segment.Octets == 0)
            {
                _segments.RemoveLast();
            }

            throw;
        }
    }

    private void DropOldest(int adding)
    {
        while (_octets + adding > _most && _segments.First is { } first)
        {
            Drop(first);
        }
    }

    private void Drop(LinkedListNode<Segment> first)
    {
        var records = first.Value.Records;
        Remove(first);
        Volatile.Write(ref _records, _records - records);
        if (records > 0)
        {
            overflowed(records);
        }
    }

    private bool IsWhole(Segment segment) => new FileInfo(PathOf(segment.Number)) is { Exists: true } file && file.Length >= segment.Octets;

    private void Remove(LinkedListNode<Segment> first)
    {
        _octets -= Math.Max(0, first.Value.Octets - _taken);
        _segments.Remove(first);
        _taken = 0;
        if (_segments.Count == 0)
        {
            // So that the next one has a number of its own.
            Note(first.Value.Number);
        }

        File.Delete(PathOf(first.Value.Number));
    }

    private SpooledRecords? Read(Segment segment, int records)
    {
        if (!File.Exists(PathOf(segment.Number)))
        {
            return null;
        }

        using var file = new FileStream(PathOf(segment.Number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(_taken, SeekOrigin.Begin);
        var lines = new byte[Math.Min(ReadAtOnce, segment.Octets - _taken)];
        var (length, found) = Lines(lines.AsSpan(0, file.ReadAtLeast(lines, lines.Length, throwOnEndOfStream: false)), records);
        return found == 0 ? null : new SpooledRecords(lines[..length], found, segment.Number, _taken + length);
    }

    private static (int Length, int Records) Lines(ReadOnlySpan<byte> octets, int most)
    {
        var (length, records) = (0, 0);
        while (records < most && octets[length..].IndexOf((byte)'\n') is >= 0 and var end)
        {
            length += end + 1;
            records++;
        }

        return (length, records);
    }

    /// <summary>A line that a power cut left without its end is no record.</summary>
    private static (long Octets, int Records) Count(string path, long from)
    {
        var octets = File.ReadAllBytes(path).AsSpan();
        var (length, records) = Lines(octets[(int)Math.Min(from, octets.Length)..], int.MaxValue);
        return (from + length, records);
    }

    private (long Segment, long Octets) ReadTaken()
    {
        var words = File.Exists(TakenFile) ? File.ReadAllText(TakenFile).Split(' ') : [];
        return words.Length == 2 && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var segment) && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var octets)
            ? (segment, octets)
            : (0, 0);
    }

    private void Note(long? segment = null)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{segment ?? _segments.First!.Value.Number} {_taken}");
        File.WriteAllBytes(TakenFile + ".new", Encoding.ASCII.GetBytes(text));
        File.Move(TakenFile + ".new", TakenFile, overwrite: true);
    }

    private string PathOf(long number) => Path.Combine(folder, number.ToString("d16", CultureInfo.InvariantCulture) + Extension);

    private sealed class Segment(long number)
    {
        public long Number => number;
        public long Octets { get; set; }
        public int Records { get; set; }

        /// <summary>Begun by this run: nothing is appended behind a line that may be cut short.</summary>
        public bool IsOurs { get; init; }
    }
}
