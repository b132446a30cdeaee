using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using SipAlg.Logging;

namespace SipAlg.Tests.Logging;

public sealed class LineKeeperTests
{
    [Theory]
    [InlineData("sip:a\r\n2026-01-01 ERR forged", "from sip:a??2026-01-01 ERR forged")]
    [InlineData("\e]0;title\a\u009b31m", "from ?]0;title??31m")]
    [InlineData("Jürgen \"J\" 😀", "from Jürgen \"J\" 😀")]
    public void What_others_send_stays_in_its_line(string sent, string line) => Assert.Equal(line, Written(log => log.Information("from {Sender:l}", sent)));

    [Fact]
    public void So_does_a_value_that_is_no_text() => Assert.Equal("from a?b 5", Written(log => log.Information("from {Sender:l} {Number}", new Named("a\nb"), 5)));

    private sealed record Named(string Name)
    {
        public override string ToString() => Name;
    }

    private static string Written(Action<ILogger> write)
    {
        var sink = new Lines();
        using var log = new LoggerConfiguration().Enrich.With<LineKeeper>().WriteTo.Sink(sink).CreateLogger();
        write(log);
        return Assert.Single(sink.All);
    }

    private sealed class Lines : ILogEventSink
    {
        public List<string> All { get; } = [];

        public void Emit(LogEvent logEvent) => All.Add(logEvent.RenderMessage(CultureInfo.InvariantCulture));
    }
}
