using SipAlg.Admin;
using SipAlg.Configuration;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Tests.Admin;

public sealed class AdminAccessTests
{
    [Theory]
    [InlineData("", "", "GET", "/api/v1/calls", "", "Granted")]
    [InlineData("", "", "POST", "/api/v1/drain", "", "Granted")]
    [InlineData("secret", "", "GET", "/healthz", "", "Granted")]
    [InlineData("secret", "look", "GET", "/readyz", "", "Granted")]
    [InlineData("secret", "", "GET", "/metrics", "", "Unauthorized")]
    [InlineData("secret", "", "GET", "/api/v1/calls", "", "Unauthorized")]
    [InlineData("secret", "", "GET", "/api/v1/calls", "Bearer secre", "Unauthorized")]
    [InlineData("secret", "", "GET", "/api/v1/calls", "Bearer secrett", "Unauthorized")]
    [InlineData("secret", "", "GET", "/api/v1/calls", "Basic secret", "Unauthorized")]
    [InlineData("secret", "", "GET", "/api/v1/calls", "secret", "Unauthorized")]
    [InlineData("secret", "", "GET", "/api/v1/calls", "Bearer ", "Unauthorized")]
    [InlineData("secret", "", "GET", "/healthz/", "", "Unauthorized")]
    [InlineData("secret", "", "GET", "/api/v1/calls", "bearer secret", "Granted")]
    [InlineData("secret", "look", "GET", "/api/v1/calls", "Bearer look", "Granted")]
    [InlineData("secret", "look", "HEAD", "/metrics", "Bearer look", "Granted")]
    [InlineData("secret", "look", "DELETE", "/api/v1/calls/1", "Bearer look", "Forbidden")]
    [InlineData("secret", "look", "POST", "/api/v1/drain", "Bearer look", "Forbidden")]
    [InlineData("secret", "look", "POST", "/api/v1/drain", "Bearer secret", "Granted")]
    [InlineData("secret", "look", "POST", "/api/v1/drain", "", "Unauthorized")]
    [InlineData("", "look", "GET", "/metrics", "", "Unauthorized")]
    [InlineData("", "look", "POST", "/api/v1/drain", "Bearer look", "Forbidden")]
    public void The_admin_listener(string token, string readToken, string method, string path, string authorization, string expected) =>
        Assert.Equal(expected, Access(token, readToken, null).Check(AdminDoor.Admin, method, path, authorization).ToString());

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

        Assert.Equal(expected, Access(token, readToken, settings).Check(AdminDoor.Metrics, "GET", "/metrics", authorization).ToString());
    }

    private static AdminAccess Access(string token, string readToken, MetricsSettings? metrics) => new(new AdminSettings(
        IpEndpoint.Parse("127.0.0.1:8080"), token.Length == 0 ? null : token, readToken.Length == 0 ? null : readToken, metrics));
}
