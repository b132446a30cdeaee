using SipAlg.Admin;
using SipAlg.Admin.Access;
using SipAlg.Configuration;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Tests.Admin;

public sealed class AdminAccessTests
{
    [Theory]
    [InlineData("", "", "Look", "", "Granted")]
    [InlineData("", "", "Change", "", "Granted")]
    [InlineData("", "", "Change", "Bearer anything", "Granted")]
    [InlineData("secret", "", "None", "", "Granted")]
    [InlineData("secret", "", "None", "Bearer wrong", "Granted")]
    [InlineData("secret", "", "Look", "", "Unauthorized")]
    [InlineData("secret", "", "Look", "Bearer secre", "Unauthorized")]
    [InlineData("secret", "", "Look", "Bearer secrett", "Unauthorized")]
    [InlineData("secret", "", "Look", "Basic secret", "Unauthorized")]
    [InlineData("secret", "", "Look", "secret", "Unauthorized")]
    [InlineData("secret", "", "Look", "Bearer ", "Unauthorized")]
    [InlineData("secret", "", "Look", "bearer secret", "Granted")]
    [InlineData("secret", "look", "Look", "Bearer look", "Granted")]
    [InlineData("secret", "look", "Change", "Bearer look", "Forbidden")]
    [InlineData("secret", "look", "Change", "Bearer secret", "Granted")]
    [InlineData("secret", "look", "Change", "", "Unauthorized")]
    [InlineData("", "look", "Look", "", "Unauthorized")]
    [InlineData("", "look", "Change", "Bearer look", "Forbidden")]
    public void The_admin_listener(string token, string readToken, string need, string authorization, string expected) =>
        Assert.Equal(expected, Check(Access(token, readToken, null), AdminDoor.Admin, Enum.Parse<AccessNeed>(need), authorization));

    /// <summary>It is the scraper's, and opens nothing else.</summary>
    [Fact]
    public void The_token_of_metrics_does_not_open_the_admin_listener() => Assert.Equal(
        "Unauthorized", Check(Access("secret", "", new MetricsSettings(IpEndpoint.Parse("127.0.0.1:9090"), "scrape")), AdminDoor.Admin, AccessNeed.Look, "Bearer scrape"));

    [Theory]
    [InlineData("", "secret", "look", "", "Granted")]
    [InlineData("scrape", "secret", "look", "", "Unauthorized")]
    [InlineData("scrape", "secret", "look", "Bearer other", "Unauthorized")]
    [InlineData("scrape", "secret", "look", "Bearer scrape", "Granted")]
    [InlineData("scrape", "secret", "look", "Bearer look", "Granted")]
    [InlineData("scrape", "secret", "look", "Bearer secret", "Granted")]
    [InlineData("scrape", "", "", "Bearer scrape", "Granted")]
    public void The_metrics_listener(string metrics, string token, string readToken, string authorization, string expected)
    {
        var settings = new MetricsSettings(IpEndpoint.Parse("127.0.0.1:9090"), metrics.Length == 0 ? null : metrics);

        Assert.Equal(expected, Check(Access(token, readToken, settings), AdminDoor.Metrics, AccessNeed.Look, authorization));
    }

    private static string Check(AdminAccess access, AdminDoor door, AccessNeed need, string authorization) =>
        access.Check(door, need, access.Identify(authorization, cookie: null)).ToString();

    private static AdminAccess Access(string token, string readToken, MetricsSettings? metrics) => new(new AdminSettings(
        IpEndpoint.Parse("127.0.0.1:8080"), token.Length == 0 ? null : token, readToken.Length == 0 ? null : readToken, metrics), new AdminSessions(TimeProvider.System));
}
