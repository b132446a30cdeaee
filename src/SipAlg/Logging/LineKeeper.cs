using Serilog.Core;
using Serilog.Events;

namespace SipAlg.Logging;

/// <summary>
/// One event, one line: what others send may end up in a log, and neither begins a line of its own there nor tells the terminal of who
/// reads it what to do. Control characters become question marks.
/// </summary>
internal sealed class LineKeeper : ILogEventEnricher
{
    private const char Shown = '?';

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        List<LogEventProperty>? changed = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: { } scalar } && (scalar as string ?? (scalar is IFormattable or IConvertible ? null : scalar.ToString())) is { } text && text.Any(char.IsControl))
            {
                (changed ??= []).Add(new LogEventProperty(name, new ScalarValue(string.Concat(text.Select(character => char.IsControl(character) ? Shown : character)))));
            }
        }

        changed?.ForEach(logEvent.AddOrUpdateProperty);
    }
}
