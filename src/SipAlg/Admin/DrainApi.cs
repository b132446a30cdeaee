using SipAlg.Hosting;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/drain</c>: new calls refused, or taken again.</summary>
internal sealed class DrainApi(Gateway gateway, ILogger log)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/drain", BeginAsync);
        routes.MapDelete("/api/v1/drain", EndAsync);
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

    private Task ReplyAsync(HttpContext context) =>
        context.Response.JsonAsync(200, new DrainBody(gateway.IsDraining, gateway.ActiveCalls), AdminJson.Default.DrainBody);
}
