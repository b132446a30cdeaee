using System.Reflection;
using SipAlg.Admin.Access;
using SipAlg.Admin.Description;

namespace SipAlg.WebConsole;

/// <summary>
/// The web console: the page at <c>/</c>, and its scripts and styles under <c>/console/</c>, which are parts of the program. They hold
/// nothing of the gateway's and need no token; what they show they ask of the API.
/// </summary>
internal sealed class ConsoleFiles
{
    private const string Prefix = "console/";
    private const string Page = "index.html";

    /// <summary>
    /// Scripts and styles come from here alone, none stands in the page, and no text may become markup: what a caller sends as his name
    /// stays a name, also if a page of the console were careless.
    /// </summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private readonly Dictionary<string, ConsoleFile> _files = Read(typeof(ConsoleFiles).Assembly);

    /// <summary>By their names below <c>/console/</c>.</summary>
    public IReadOnlyDictionary<string, ConsoleFile> All => _files;

    public void Map(IEndpointRouteBuilder routes)
    {
        MapFile(routes, "/", _files[Page]);
        foreach (var (name, file) in _files)
        {
            MapFile(routes, $"/console/{name}", file);
        }
    }

    private static void MapFile(IEndpointRouteBuilder routes, string path, ConsoleFile file) =>
        routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], context => SendAsync(context, file)).Describe(new Operation("A part of the web console.") { Need = AccessNeed.None, IsUnlisted = true });

    private static async Task SendAsync(HttpContext context, ConsoleFile file)
    {
        var (request, response) = (context.Request, context.Response);
        Guard(response.Headers);
        response.Headers.ETag = file.Tag;
        if (IsKnown(request.Headers.IfNoneMatch.ToString(), file.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        response.ContentLength = file.Octets.Length;
        if (HttpMethods.IsGet(request.Method))
        {
            await response.Body.WriteAsync(file.Octets, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static void Guard(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Kept, but asked for again: after an update the page and its scripts are of one version.
        headers.CacheControl = "no-cache";
    }

    /// <summary>RFC 9110 §13.1.2.</summary>
    private static bool IsKnown(string condition, string tag) =>
        condition == "*" || condition.Split(',', StringSplitOptions.TrimEntries).Any(known => known == tag || known == $"W/{tag}");

    private static Dictionary<string, ConsoleFile> Read(Assembly program) => program.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(name => name[Prefix.Length..], name => ConsoleFile.Of(name, Octets(program, name)), StringComparer.Ordinal);

    private static byte[] Octets(Assembly program, string name)
    {
        using var stream = program.GetManifestResourceStream(name)!;
        var octets = new byte[stream.Length];
        stream.ReadExactly(octets);
        return octets;
    }
}
