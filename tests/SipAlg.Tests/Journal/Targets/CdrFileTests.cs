using System.IO.Compression;
using SipAlg.Configuration;
using SipAlg.Journal.Targets;

namespace SipAlg.Tests.Journal.Targets;

/// <summary>A file of call records that is begun anew, and what becomes of the old ones.</summary>
public sealed class CdrFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private readonly ZonedTime _time = new(Records.Noon);
    private readonly KeptLog _log = new();
    private readonly OldFiles _old;

    public CdrFileTests() => _old = new OldFiles(_log, _time);

    private string CdrPath => Path.Combine(_folder, "calls.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Does_not_grow_beyond_its_size()
    {
        var file = Open(new CdrRotation(6, RotationDay.Off, Compresses: false, Keep: 10, null));
        foreach (var letters in (string[])["ab", "c", "d", "efghi"])
        {
            Append(file, letters);
        }

        await _old.Tidied;
        Assert.Equal(["calls-20260302-120000-002.jsonl", "calls-20260302-120000.jsonl", "calls.jsonl"], Names);
        Assert.Equal(("a\nb\nc\n", "d\n", "e\nf\ng\nh\ni\n"), (Text("calls-20260302-120000.jsonl"), Text("calls-20260302-120000-002.jsonl"), Text("calls.jsonl")));
    }

    [Theory]
    [InlineData("utc", "2026-03-02T23:59:59Z", "2026-03-03T00:00:01Z", "calls-20260302-235959.jsonl")]
    [InlineData("local", "2026-03-02T22:59:59Z", "2026-03-02T23:00:01Z", "calls-20260302-235959.jsonl")]
    public void Each_day_has_a_file_that_is_named_by_its_last_record(string day, string before, string after, string name)
    {
        var file = Open(new CdrRotation(null, day == "utc" ? RotationDay.Utc : RotationDay.Local, Compresses: false, Keep: 10, null));
        _time.Now = DateTimeOffset.Parse(before, System.Globalization.CultureInfo.InvariantCulture);
        Append(file, "a");
        file.Idle();
        Assert.Equal(["calls.jsonl"], Names);

        _time.Now = DateTimeOffset.Parse(after, System.Globalization.CultureInfo.InvariantCulture);
        file.Idle();
        Assert.Equal([name], Names);
        Append(file, "b");
        Assert.Equal(("a\n", "b\n"), (Text(name), Text("calls.jsonl")));
    }

    /// <summary>After a restart the file itself tells when it was written last.</summary>
    [Fact]
    public void A_file_of_yesterday_is_found_at_the_start()
    {
        File.WriteAllText(CdrPath, "a\n");
        File.SetLastWriteTimeUtc(CdrPath, Records.Noon.AddDays(-1).UtcDateTime);
        var file = Open(new CdrRotation(null, RotationDay.Utc, Compresses: false, Keep: 10, null));
        Append(file, "b");

        Assert.Equal(("a\n", "b\n"), (Text("calls-20260301-120000.jsonl"), Text("calls.jsonl")));
    }

    [Fact]
    public async Task Old_files_are_compressed_and_the_oldest_deleted()
    {
        var file = Open(new CdrRotation(2, RotationDay.Off, Compresses: true, Keep: 2, null));
        File.WriteAllText(Path.Combine(_folder, "calls-extra.jsonl"), "not ours");
        foreach (var letter in (string[])["a", "b", "c", "d"])
        {
            Append(file, letter);
            File.SetLastWriteTimeUtc(CdrPath, _time.Now.UtcDateTime);
            _time.Now += TimeSpan.FromMinutes(1);
        }

        await _old.Tidied;
        Assert.Equal(["calls-20260302-120100.jsonl.gz", "calls-20260302-120200.jsonl.gz", "calls-extra.jsonl", "calls.jsonl"], Names);
        using var gzip = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(_folder, "calls-20260302-120200.jsonl.gz")), CompressionMode.Decompress));
        Assert.Equal("c\n", await gzip.ReadToEndAsync());
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Old_files_are_deleted_when_their_time_is_over()
    {
        var file = Open(new CdrRotation(2, RotationDay.Off, Compresses: false, Keep: 100, TimeSpan.FromDays(7)));
        foreach (var letter in (string[])["a", "b", "c"])
        {
            Append(file, letter);
            File.SetLastWriteTimeUtc(CdrPath, _time.Now.UtcDateTime);
            await _old.Tidied;
            _time.Now += TimeSpan.FromDays(5);
        }

        Assert.Equal(["calls-20260307-120000.jsonl", "calls.jsonl"], Names);
    }

    /// <summary>How long numbers of callers may be kept is often the law's business, and a quiet gateway begins no file anew.</summary>
    [Theory]
    [InlineData("off")]
    [InlineData("utc")]
    public async Task Old_files_are_deleted_when_their_time_is_over_though_no_other_takes_their_place(string day)
    {
        var file = Open(new CdrRotation(2, day == "utc" ? RotationDay.Utc : RotationDay.Off, Compresses: false, Keep: 100, TimeSpan.FromDays(7)));
        foreach (var letter in (string[])["a", "b"])
        {
            Append(file, letter);
            File.SetLastWriteTimeUtc(CdrPath, _time.Now.UtcDateTime);
        }

        for (var hour = 0; hour < 8 * 24; hour++)
        {
            _time.Now += TimeSpan.FromHours(1);
            file.Idle();
            await _old.Tidied;
        }

        Assert.Equal(day == "off" ? ["calls.jsonl"] : [], Names);
    }

    /// <summary>Who starts the gateway hears of it then, not when calls have ended.</summary>
    [Fact]
    public void A_place_that_cannot_be_written_is_found_before_the_first_record()
    {
        File.WriteAllText(Path.Combine(_folder, "sub"), "no folder");
        var file = new CdrFile(new CdrFileSettings(Path.Combine(_folder, "sub", "calls.jsonl")), [], _old, _time);
        Assert.ThrowsAny<IOException>(file.Idle);
        Assert.ThrowsAny<IOException>(file.Idle);

        File.Delete(Path.Combine(_folder, "sub"));
        file.Idle();
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "sub")));
        Append(file, "a");
        Assert.Equal(["calls.jsonl"], Directory.GetFiles(Path.Combine(_folder, "sub")).Select(Path.GetFileName));
    }

    /// <summary>Nor is one that is there already, to which nothing may be added.</summary>
    [Fact]
    public void A_file_that_is_there_is_tried_and_left_as_it_is()
    {
        File.WriteAllText(CdrPath, "a\n");
        var file = Open(null);
        file.Idle();
        Assert.Equal("a\n", Text("calls.jsonl"));

        Directory.CreateDirectory(Path.Combine(_folder, "folder.jsonl"));
        var folder = new CdrFile(new CdrFileSettings(Path.Combine(_folder, "folder.jsonl")), [], _old, _time);
        Assert.ThrowsAny<UnauthorizedAccessException>(folder.Idle);
    }

    [Fact]
    public async Task Before_the_first_record_there_may_be_no_folder()
    {
        _old.Rotation = new CdrRotation(2, RotationDay.Off, Compresses: false, Keep: 100, TimeSpan.FromDays(7));
        new CdrFile(new CdrFileSettings(Path.Combine(_folder, "cdr", "calls.jsonl"), _old.Rotation), [], _old, _time).Idle();

        await _old.Tidied;
        Assert.Empty(_log.Lines);
    }

    /// <summary>A crash while a file was compressed leaves both: the next time it is done again.</summary>
    [Fact]
    public async Task What_a_crash_left_half_compressed_is_compressed_again()
    {
        File.WriteAllText(Path.Combine(_folder, "calls-20260301-120000.jsonl"), "a\n");
        File.WriteAllText(Path.Combine(_folder, "calls-20260301-120000.jsonl.gz.new"), "half");
        var file = Open(new CdrRotation(2, RotationDay.Off, Compresses: true, Keep: 100, null));
        Append(file, "b");
        Append(file, "c");

        await _old.Tidied;
        Assert.Equal(["calls-20260301-120000.jsonl.gz", "calls-20260302-120000.jsonl.gz", "calls.jsonl"], Names);
    }

    [Fact]
    public void Without_rotation_the_file_is_left_to_others()
    {
        var file = Open(null);
        Append(file, "a");
        _time.Now += TimeSpan.FromDays(2);
        file.Idle();
        Append(file, "b");
        Assert.Equal(["calls.jsonl"], Names);
    }

    [Fact]
    public void A_table_begins_with_its_header_and_one_with_another_header_is_put_aside()
    {
        File.WriteAllText(CdrPath, "id,other\r\n1,2\r\n");
        File.SetLastWriteTimeUtc(CdrPath, Records.Noon.UtcDateTime);
        for (var start = 0; start < 2; start++)
        {
            Append(new CdrFile(new CdrFileSettings(CdrPath, IsSynced: true), "id\r\n"u8.ToArray(), _old, _time), "a");
        }

        Assert.Equal(("id,other\r\n1,2\r\n", "id\r\na\na\n"), (Text("calls-20260302-120000.jsonl"), Text("calls.jsonl")));
    }

    private string[] Names => [.. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private string Text(string name) => File.ReadAllText(Path.Combine(_folder, name));

    private CdrFile Open(CdrRotation? rotation)
    {
        _old.Rotation = rotation;
        return new CdrFile(new CdrFileSettings(CdrPath, rotation), [], _old, _time);
    }

    private static void Append(CdrFile file, string letters) => file.Append(Records.Lines(letters), letters.Length);
}
