using SipAlg.Admin.Description;
using SipAlg.Hosting;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/drain</c>: new calls refused, or taken again.</summary>
internal sealed class DrainApi(Gateway gateway, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/drain", BeginAsync).Describe(new Operation("From now on new calls are refused; those that stand go on.")
        {
            Answers = [Answer.Of(200, "Draining.", AdminJson.Default.DrainBody)],
        });
        routes.MapDelete("/api/v1/drain", EndAsync).Describe(new Operation("New calls are taken again.")
        {
            Answers = [Answer.Of(200, "Not draining any more.", AdminJson.Default.DrainBody), Answer.Error(409, "The gateway stops.")],
        });
    }

    private Task BeginAsync(HttpContext context)
    {
        AdminLog.Draining(log);
        gateway.TryDrain(true);
        return ReplyAsync(context);
    }

    private Task EndAsync(HttpContext context)
    {
        if (!gateway.TryDrain(false))
        {
            return context.Response.ErrorAsync(409, "stopping", "The gateway stops; that is not taken back.");
        }

        AdminLog.DrainEnds(log);
        return ReplyAsync(context);
    }

    /// <summary>Answers when every lane knows of it; of one that is stuck /healthz tells.</summary>
    private async Task ReplyAsync(HttpContext context)
    {
        await Task.WhenAny(gateway.AllHeardAsync(), Task.Delay(Patience, context.RequestAborted)).ConfigureAwait(false);
        await context.Response.JsonAsync(200, new DrainBody(gateway.IsDraining, gateway.ActiveCalls), AdminJson.Default.DrainBody).ConfigureAwait(false);
    }
}
