using SipAlg.Admin.Access;
using SipAlg.Admin.Description;
using SipAlg.Hosting;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/reload</c>: the configuration is read again.</summary>
internal sealed class ReloadApi(Reloader reloader, ILogger log)
{
    public const string Path = "/api/v1/reload";

    /// <summary>For very large files too; a reload that takes longer, or waits for a lane that is stuck, goes on without who asked for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, ReloadAsync).Describe(new Operation("Reads the configuration again; it takes effect if all of it is sound.")
    {
        Answers = [Answer.Of(200, "It has taken effect.", AdminJson.Default.ReloadBody), Answer.Of(422, "It has errors, and nothing has changed.", AdminJson.Default.ReloadRefusal)],
    });

    private async Task ReloadAsync(HttpContext context)
    {
        AdminLog.Reloading(log);
        var result = await Task.Run(() => reloader.ReloadAsync("admin")).WaitAsync(Patience, context.RequestAborted).ConfigureAwait(false);
        ProblemDetails[] problems = [.. result.Problems.Select(ProblemDetails.Of)];
        if (result.IsDone)
        {
            await context.Response.JsonAsync(200, new ReloadBody(true, problems), AdminJson.Default.ReloadBody).ConfigureAwait(false);
            return;
        }

        if (result.Refusal is { } refusal)
        {
            context.Features.Set(new AuditDetail(refusal));
        }

        const string Message = "The configuration has errors; the one that runs stays.";
        await context.Response.JsonAsync(422, new ReloadRefusal("refused", Message, problems), AdminJson.Default.ReloadRefusal).ConfigureAwait(false);
    }
}
