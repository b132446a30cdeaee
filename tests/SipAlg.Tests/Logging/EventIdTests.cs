using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using SipAlg.Hosting;

namespace SipAlg.Tests.Logging;

public sealed class EventIdTests
{
    /// <summary>Whoever filters logs by an id gets one event.</summary>
    [Fact]
    public void No_id_is_used_twice()
    {
        var ids = typeof(GatewayHost).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (method.Name, method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(method => method.EventId is not null)
            .ToList();

        Assert.NotEmpty(ids);
        Assert.Empty(ids.GroupBy(method => method.EventId).Where(group => group.Count() > 1).Select(group => string.Join(", ", group)));
    }

    /// <summary>Whoever looks for what happened in a call finds it by its id, in a text line and as a property of a JSON line.</summary>
    [Fact]
    public void Every_line_that_tells_of_one_call_names_it()
    {
        var messages = typeof(GatewayHost).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.Message).OfType<string>().ToList();

        Assert.Contains(messages, message => message.Contains("Call {Call}", StringComparison.Ordinal));
        Assert.DoesNotContain(messages, message => Regex.IsMatch(message, @"\b[Aa] call\b|\b[Cc]all \{(?!Call\})|\b[Tt]he call\b"));
    }
}
