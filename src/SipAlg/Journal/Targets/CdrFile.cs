using System.Globalization;
using SipAlg.Configuration;

namespace SipAlg.Journal.Targets;

/// <summary>
/// A file of call records. Opened for each group, so that it may be moved away at any time, and a full disk or a missing folder heals by
/// itself; begun anew when its size or its day is over, if that is wanted.
/// </summary>
/// <param name="settings">Where it is.</param>
/// <param name="header">The first line of each file; empty for none.</param>
/// <param name="old">What becomes of files that are over.</param>
internal sealed class CdrFile(CdrFileSettings settings, byte[] header, OldFiles old, TimeProvider time) : ICdrSink
{
    private DateTimeOffset? _lastWrite;
    private bool _isHeaderKnown;
    private bool _isTried;

    public string Place => settings.Path;

    public void Append(ReadOnlySpan<byte> lines, int records)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(settings.Path)!);
        BeginAnewIfDue(lines.Length);
        using var file = new FileStream(settings.Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var length = file.Length;
        try
        {
            Write(file, lines);
        }
        catch (IOException)
        {
            // What stands of these lines would stand there twice: they are written again.
            TakeBack(file, length);
            throw;
        }

        _lastWrite = time.GetUtcNow();
        _isTried = true;
    }

    /// <summary>A day may end without a call; and a place that cannot be written is to be known before there is something to write.</summary>
    public void Idle()
    {
        if (!_isTried)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(settings.Path)!);
            var isThere = File.Exists(settings.Path) || Directory.Exists(settings.Path);
            using var file = new FileStream(
                settings.Path, isThere ? FileMode.Open : FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, isThere ? FileOptions.None : FileOptions.DeleteOnClose);
            _isTried = true;
        }

        BeginAnewIfDue(0);
    }

    private void Write(FileStream file, ReadOnlySpan<byte> lines)
    {
        if (file.Length == 0)
        {
            file.Write(header);
        }
        else if (EndsWithinLine(file))
        {
            file.WriteByte((byte)'\n');
        }

        file.Write(lines);
        if (settings.IsSynced)
        {
            file.Flush(flushToDisk: true);
        }
    }

    private static void TakeBack(FileStream file, long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (IOException)
        {
            // Then a line may stand there twice, or in part: its id tells.
        }
    }

    /// <summary>A line that was cut short (a crash) must not spoil the next one.</summary>
    private static bool EndsWithinLine(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private void BeginAnewIfDue(int adding)
    {
        old.Look(settings.Path);
        var file = new FileInfo(settings.Path);
        if (!file.Exists || file.Length == 0)
        {
            return;
        }

        var last = _lastWrite ?? new DateTimeOffset(file.LastWriteTimeUtc);
        if (HasOtherHeader() || (settings.Rotation is { } rotation && (file.Length + adding > (rotation.Size ?? long.MaxValue) || Day(rotation.Day, last) != Day(rotation.Day, time.GetUtcNow()))))
        {
            old.Add(settings.Path, Local(settings.Rotation?.Day ?? RotationDay.Off, last).ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
            _lastWrite = null;
        }
    }

    /// <summary>Of another version's columns.</summary>
    private bool HasOtherHeader()
    {
        if (_isHeaderKnown || header.Length == 0)
        {
            return false;
        }

        _isHeaderKnown = true;
        var first = new byte[header.Length];
        using var file = new FileStream(settings.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) < first.Length || !first.AsSpan().SequenceEqual(header);
    }

    private DateOnly? Day(RotationDay day, DateTimeOffset at) => day == RotationDay.Off ? null : DateOnly.FromDateTime(Local(day, at).DateTime);

    private DateTimeOffset Local(RotationDay day, DateTimeOffset at) => day == RotationDay.Local ? TimeZoneInfo.ConvertTime(at, time.LocalTimeZone) : at.ToUniversalTime();
}
