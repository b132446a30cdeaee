using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SipAlg.Admin;

namespace SipAlg.Tests.Admin;

/// <summary>Names that stand in paths, whatever characters they have.</summary>
public sealed class PathEndTests
{
    [Theory]
    [InlineData("/api/v1/registrations/alice@example.com", "alice@example.com")]
    [InlineData("/api/v1/registrations/a%2Fb%40example.com", "a/b@example.com")]
    [InlineData("/api/v1/registrations/a%252Fb@example.com", "a%2Fb@example.com")]
    [InlineData("/api/v1/registrations/+49%201%C3%A4?x=/y", "+49 1ä")]
    [InlineData("http://gateway:8080/api/v1/bans/2001:db8::%2F64", "2001:db8::/64")]
    [InlineData("/api/v1/registrations/", "")]
    public void Each_escape_is_undone_once(string target, string name)
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        Assert.Equal(name, PathEnd.Of(context));
    }
}
