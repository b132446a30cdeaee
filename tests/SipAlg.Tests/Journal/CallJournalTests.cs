using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using SipAlg.Calls.Calls;
using SipAlg.Configuration;
using SipAlg.Journal;
using SipAlg.Media;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Rtp;
using SipAlg.Tests.Configuration;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Journal;

public sealed partial class CallJournalTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 13, 0, 0, 250, TimeSpan.FromHours(1));
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private readonly CountingLog _log = new();

    private string CdrPath => Path.Combine(_folder, "new", "cdr", "calls.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_record_is_a_line_at_once()
    {
        await using var journal = Journal();
        journal.Ended(Answered(0x1f));

        await Eventually.True(() => Written(journal) == 1, "the record is written");

        var line = Assert.Single(await File.ReadAllLinesAsync(CdrPath));
        Assert.Equal(
            """
            {"id":"000000000000001f","started":"2026-03-02T12:00:00.250Z","answered":"2026-03-02T12:00:02.500Z","ended":"2026-03-02T12:01:02.500Z",
            "setup_seconds":2.25,"duration_seconds":60,"caller":"+4930","called":"600","from_realm":"phones","from_peer":"lan","to_realm":"core","to_peer":"pbx",
            "route":"out","status":200,"cause":"callee_hung_up","outcome":"answered","packets_from_caller":3000,"packets_from_callee":2999,"ended_by":"callee",
            "verdict":{"code":"completed","sentence":"The call was answered, and the callee hung up.","evidence":{"ended_by":"callee"}}}
            """.ReplaceLineEndings(""),
            line);
    }

    [Fact]
    public async Task A_record_tells_of_transfers()
    {
        var journal = Journal();
        var record = Answered(0x1f);
        record.Transferred(new CallTransfer(Noon, EndedBy.Callee, "+4931") { ToRealm = "core", ToPeer = "carrier" });
        record.ContinuedIn = 0x20;
        journal.Ended(record);
        await journal.DisposeAsync();

        Assert.Contains(
            """
            "ended_by":"callee","transfers":[{"at":"2026-03-02T12:00:00.250Z","by":"callee","to":"+4931","to_realm":"core","to_peer":"carrier"}],"continued_in":"0000000000000020","verdict":
            """,
            Assert.Single(await File.ReadAllLinesAsync(CdrPath)), StringComparison.Ordinal);
    }

    /// <summary>The API tells where media came from; a line of the file would be thrice as long with it.</summary>
    [Fact]
    public async Task Sources_of_media_are_told_by_the_api_alone()
    {
        var journal = Journal();
        var record = Answered(0x1f);
        var source = new SourceEvent(SourceChange.TookOver, false, 0, 20000, IpEndpoint.Parse("203.0.113.9:4000"), IpEndpoint.Parse("203.0.113.5:4000"), true, 1);
        record.Heard(new CallSource(Noon, "phones", source));
        record.Heard(new CallSource(Noon, "phones", source with { Change = SourceChange.Refused, IsRtcp = true, Port = 20001, Other = default }));
        journal.Ended(record);
        await journal.DisposeAsync();

        Assert.DoesNotContain("media_sources", Assert.Single(await File.ReadAllLinesAsync(CdrPath)), StringComparison.Ordinal);
        Assert.Contains(
            """
            "media_sources":[{"at":"2026-03-02T12:00:00.250Z","realm":"phones","port":20000,"change":"took_over","source":"203.0.113.9:4000","other":"203.0.113.5:4000"},
            {"at":"2026-03-02T12:00:00.250Z","realm":"phones","port":20001,"change":"refused","source":"203.0.113.9:4000","other":null}]
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(CallDetails.Of(new CallSnapshot(record), "ended"), CallJson.Default.CallDetails), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_documentation_shows_streams_as_they_are_written()
    {
        var journal = Journal();
        var record = Answered(0x1f);
        record.Streams = [new CallStream(0, StreamKind.Audio, Audio, default)];
        journal.Ended(record);
        await journal.DisposeAsync();
        var text = await File.ReadAllTextAsync(Repository.File("docs", "cdr.md"));

        var line = Assert.Single(await File.ReadAllLinesAsync(CdrPath));
        var written = line[line.IndexOf("\"media\":", StringComparison.Ordinal)..line.IndexOf(",\"verdict\":", StringComparison.Ordinal)];
        Assert.Equal(text.Split('\n').Single(shown => shown.StartsWith("\"media\":", StringComparison.Ordinal)), written);
        var section = text[text.IndexOf("## What came of the media", StringComparison.Ordinal)..text.IndexOf("## Where media came from", StringComparison.Ordinal)];
        var direction = JsonNode.Parse($"{{{written}}}")!["media"]![0]!["from_caller"]!.AsObject();
        Assert.All(direction.Concat(direction["rtp"]!.AsObject()), member => Assert.Contains($"`{member.Key}`", section, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_rtp_and_what_has_no_clock_says_nothing_of_it()
    {
        var journal = Journal();
        var record = Answered(0x1f);
        record.Streams = [new CallStream(0, StreamKind.Image, Audio with { IsRtp = false }, Audio with { JitterSamples = 0 })];
        journal.Ended(record);
        await journal.DisposeAsync();

        var stream = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(CdrPath)))!["media"]![0]!;
        Assert.Equal("image", (string)stream["type"]!);
        Assert.Null(stream["from_caller"]!["rtp"]);
        Assert.Null(stream["from_callee"]!["rtp"]!["mean_jitter_seconds"]);
    }

    private static StreamStatistics Audio => new()
    {
        Packets = 2999, Octets = 2999 * 172, First = Noon.AddMilliseconds(2_350), Last = Noon.AddMilliseconds(62_230), LongestGap = TimeSpan.FromMilliseconds(41), IsRtp = true,
        Ssrc = 0x1f2e3d4c, PayloadType = 8, Codec = AudioCodec.G711, Expected = 3000, Received = 2999, ClockRate = 8000, JitterSamples = 2998, Jitter = 1,
        JitterSeconds = 0.000125, MeanJitterSeconds = 0.00025, MostJitterSeconds = 0.0005, Reports = 12, ReportedLoss = 1 / 256.0, RoundTrips = 11, RoundTripSeconds = 0.0312,
    };

    [Fact]
    public async Task The_log_says_it_in_the_words_of_the_record()
    {
        var journal = Journal();
        journal.Ended(Answered(0x1f));
        await journal.DisposeAsync();

        Assert.Equal("Call 000000000000001f from lan to pbx ended: callee_hung_up, by the callee, status 200", Assert.Single(_log.Details));
    }

    [Fact]
    public async Task What_is_queued_at_the_end_is_written()
    {
        var journal = Journal();
        for (ulong id = 1; id <= 500; id++)
        {
            journal.Ended(Answered(id));
        }

        await journal.DisposeAsync();

        Assert.Equal(500, (await File.ReadAllLinesAsync(CdrPath)).Length);
        Assert.Equal(500, Written(journal));
    }

    /// <summary>Who calls may name himself as he likes: a line stays a line.</summary>
    [Theory]
    [InlineData("a\nb")]
    [InlineData("\",\"outcome\":\"answered\",\"x\":\"")]
    [InlineData("\u0000\u001b[2J\u2028\ud83d\ude00")]
    public async Task A_hostile_number_stays_a_value(string caller)
    {
        var journal = Journal();
        journal.Ended(new CallRecord(1, System.Text.Encoding.UTF8.GetBytes(caller), [0xff, 0xc0]) { Cause = CallCause.NoRoute, Ended = Noon });
        await journal.DisposeAsync();

        var record = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(CdrPath)))!;
        Assert.Equal((caller, "\ufffd\ufffd", "rejected"), ((string?)record["caller"], (string?)record["called"], (string?)record["outcome"]));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_logged_once_and_heals()
    {
        Directory.CreateDirectory(CdrPath);
        await using var journal = Journal();
        journal.Ended(Answered(1));
        await Eventually.True(() => journal.Counts.Single() is { Failures: > 0, Queued: 1 } && _log.Count > 0, "it cannot be written");
        journal.Ended(Answered(2));
        Assert.Equal(1, _log.Count);

        Directory.Delete(CdrPath);
        await Eventually.True(() => Written(journal) == 2, "the file is written again");
        Assert.Equal(2, (await File.ReadAllLinesAsync(CdrPath)).Length);
        Assert.Equal((2, 0, 0), (_log.Count, journal.Counts.Single().NotWritten, journal.Counts.Single().Queued));
    }

    [Fact]
    public async Task What_cannot_be_written_to_the_end_is_lost_and_counted()
    {
        Directory.CreateDirectory(CdrPath);
        var journal = Journal();
        journal.Ended(Answered(1));
        await journal.DisposeAsync();

        Assert.Equal((0, 1), (Written(journal), journal.Counts.Single().NotWritten));
    }

    /// <summary>A lane has forgotten the call before the journal's loop has taken it.</summary>
    [Fact]
    public async Task Who_waits_finds_a_call_that_has_just_ended()
    {
        await using var journal = Journal();
        var call = Answered(1);
        journal.Ended(call);
        await journal.CatchUpAsync(default);

        Assert.NotNull(journal.Recent.Find(call.Id));
    }

    [Fact]
    public async Task A_file_and_a_table_have_the_same_calls()
    {
        var table = Path.Combine(_folder, "calls.csv");
        var journal = new CallJournal(new CdrSettings(new CdrFileSettings(CdrPath), new CdrFileSettings(table), null), _log, TimeProvider.System);
        journal.Ended(Answered(1));
        journal.Ended(Answered(2));
        await journal.DisposeAsync();

        Assert.Equal((await File.ReadAllLinesAsync(CdrPath)).Select(line => (string?)JsonNode.Parse(line)!["id"]), (await File.ReadAllLinesAsync(table)).Skip(1).Select(line => line.Split(',')[0]));
        Assert.Equal(["file", "csv"], journal.Counts.Select(count => count.Target));
    }

    [Fact]
    public async Task A_line_that_was_cut_short_does_not_spoil_the_next()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(CdrPath)!);
        await File.WriteAllTextAsync(CdrPath, "{\"id\":\"00\",\"sta");
        var journal = Journal();
        journal.Ended(Answered(1));
        await journal.DisposeAsync();

        var lines = await File.ReadAllLinesAsync(CdrPath);
        Assert.Equal(2, lines.Length);
        Assert.NotNull(JsonNode.Parse(lines[1]));
    }

    [Fact]
    public async Task A_file_that_is_moved_away_is_begun_anew()
    {
        await using var journal = Journal();
        journal.Ended(Answered(1));
        await Eventually.True(() => Written(journal) == 1, "the first record");
        File.Move(CdrPath, CdrPath + ".1");
        journal.Ended(Answered(2));
        await Eventually.True(() => Written(journal) == 2, "the second record");

        Assert.Single(await File.ReadAllLinesAsync(CdrPath));
    }

    [Fact]
    public async Task A_flood_is_dropped_and_counted_and_never_waits()
    {
        var journal = Journal();
        var record = Answered(1);
        const int Flood = 200_000;
        for (var sent = 0; sent < Flood; sent++)
        {
            journal.Ended(record);
        }

        await journal.DisposeAsync();

        Assert.True(journal.Dropped + journal.Counts.Single().QueueFull > 0);
        Assert.Equal(Flood, Written(journal) + journal.Dropped + journal.Counts.Single().QueueFull + journal.Counts.Single().NotWritten);
    }

    [Fact]
    public async Task The_documentation_shows_a_record_as_it_is_written()
    {
        var journal = Journal();
        journal.Ended(Answered(0x5b1cf2aa03d94e71));
        await journal.DisposeAsync();
        var text = await File.ReadAllTextAsync(Repository.File("docs", "cdr.md"));

        var written = Assert.Single(await File.ReadAllLinesAsync(CdrPath));
        Assert.Contains($"```json\n{written}\n```", text, StringComparison.Ordinal);
        string[] members = [.. JsonNode.Parse(written)!.AsObject().Select(member => member.Key), "transfers", "continued_in", "from_user", "to_user", "media", "caller_out", "called_out"];
        Assert.Equal(members, Rows().Matches(text[..text.IndexOf("\n## ", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value));
        Assert.All(Enum.GetValues<CallCause>().Where(cause => cause != CallCause.None), cause => Assert.Contains($"`{CallCauses.Text(cause)}`", text, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<CallOutcome>(), outcome => Assert.Contains($"`{CallCauses.Text(outcome)}`", text, StringComparison.Ordinal));
    }

    private CallJournal Journal() => new(new CdrSettings(new CdrFileSettings(CdrPath), null, null), _log, TimeProvider.System);

    private static long Written(CallJournal journal) => journal.Counts.Single().Written;

    private static CallRecord Answered(ulong id) => new(id, "+4930"u8, "600"u8)
    {
        FromRealm = "phones", FromPeer = "lan", ToRealm = "core", ToPeer = "pbx", Route = "out",
        Started = Noon, Answered = Noon.AddSeconds(2.25), Ended = Noon.AddSeconds(62.25),
        Status = 200, Cause = CallCause.CalleeHungUp, PacketsFromCaller = 3000, PacketsFromCallee = 2999,
    };

    [GeneratedRegex("^\\| `([a-z_]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    private sealed class CountingLog : ILogger<CallJournal>
    {
        private int _count;

        /// <summary>Warnings and worse.</summary>
        public int Count => Volatile.Read(ref _count);

        public System.Collections.Concurrent.ConcurrentQueue<string> Details { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                Interlocked.Increment(ref _count);
            }
            else
            {
                Details.Enqueue(formatter(state, exception));
            }
        }
    }
}
