using System.Globalization;
using SipAlg.Admin.Access;
using SipAlg.Admin.Description;
using SipAlg.Configuration.Shapes;
using SipAlg.Hosting;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/drain</c>: new calls refused, or taken again.</summary>
internal sealed class DrainApi(Gateway gateway, Drain drain, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Soonest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Latest = TimeSpan.FromDays(7);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/drain", ShowAsync).Describe(new Operation("Whether new calls are refused, and until when those that stand may last.")
        {
            Answers = [Answer.Of(200, "How it is.", AdminJson.Default.DrainBody)],
        });
        routes.MapPost("/api/v1/drain", BeginAsync).Describe(new Operation("From now on new calls are refused; those that stand go on, until a deadline if there is one.")
        {
            Body = AdminJson.Default.DrainQuery,
            IsBodyOptional = true,
            Answers = [Answer.Of(200, "Draining.", AdminJson.Default.DrainBody), BodyReader.Bad, BodyReader.NotJson],
        });
        routes.MapDelete("/api/v1/drain", EndAsync).Describe(new Operation("New calls are taken again.")
        {
            Answers = [Answer.Of(200, "Not draining any more.", AdminJson.Default.DrainBody), Answer.Error(409, "The gateway stops.")],
        });
    }

    private async Task BeginAsync(HttpContext context)
    {
        if (await BodyReader.ReadAsync(context, AdminJson.Default.DrainQuery, without: new DrainQuery()).ConfigureAwait(false) is not { } query)
        {
            return;
        }

        if (!TryBegin(query.Deadline))
        {
            await context.Response.ErrorAsync(400, "bad_deadline", "deadline is a duration from 1s to 7d, as 10m, or off.").ConfigureAwait(false);
            return;
        }

        if (query.Deadline is { } deadline)
        {
            context.Features.Set(new AuditDetail($"deadline {deadline}"));
        }

        AdminLog.Draining(log, drain.Deadline?.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "no time");
        await ReplyAsync(context).ConfigureAwait(false);
    }

    /// <returns>false: the deadline makes no sense.</returns>
    private bool TryBegin(string? deadline)
    {
        switch (deadline)
        {
            case null:
                drain.Begin();
                return true;
            case "off":
                drain.Begin(deadline: null);
                return true;
            default:
                var isSound = Durations.TryParse(deadline, out var wait) && wait >= Soonest && wait <= Latest;
                if (isSound)
                {
                    drain.Begin(wait);
                }

                return isSound;
        }
    }

    private Task EndAsync(HttpContext context)
    {
        if (!drain.TryEnd())
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
        await ShowAsync(context).ConfigureAwait(false);
    }

    private Task ShowAsync(HttpContext context)
    {
        var deadline = drain.Deadline;
        return context.Response.JsonAsync(200, new DrainBody(gateway.IsDraining, gateway.ActiveCalls, deadline?.At, deadline is { HasPassed: true }), AdminJson.Default.DrainBody);
    }
}
