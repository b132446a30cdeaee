using System.Reflection;
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
}
