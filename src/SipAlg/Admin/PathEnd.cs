using Microsoft.AspNetCore.Http.Features;

namespace SipAlg.Admin;

/// <summary>The last word of a path, each escape of it undone once. Routing leaves a slash escaped, and so cannot tell it from <c>%2F</c> itself.</summary>
internal static class PathEnd
{
    /// <param name="context">Its path ends with a parameter.</param>
    /// <returns>What was meant by it; empty for nothing.</returns>
    public static string Of(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var path = target.IndexOf('?') is >= 0 and var query ? target[..query] : target;
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}
