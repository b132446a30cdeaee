using Microsoft.AspNetCore.Http.Features;
using SipAlg.Admin.Access;
using SipAlg.Admin.Description;
using SipAlg.Configuration;

namespace SipAlg.Admin;

/// <summary>Stands before every endpoint: lets in who may, gives every refusal a JSON body, and writes changes down.</summary>
internal sealed class AdminGuard(AdminSettings settings, AdminAccess access, GuessBrake brake, AuditLog audit, ILogger log)
{
    private readonly HostRule _hosts = new(settings.Listen.Address, settings.Hosts);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            if (!await RefusesAsync(context).ConfigureAwait(false))
            {
                await next(context).ConfigureAwait(false);
                await FillAsync(context.Response).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Who asked is gone.
        }
        catch (TimeoutException) when (!context.Response.HasStarted)
        {
            await context.Response.ErrorAsync(503, "lane_stuck", "A lane does not answer; /healthz tells which.").ConfigureAwait(false);
        }
        catch (BadHttpRequestException fault) when (!context.Response.HasStarted)
        {
            // What the web server refuses to read is no fault of ours: a stranger who logs in with a huge body fills no log with it.
            await (fault.StatusCode == 413
                ? context.Response.ErrorAsync(413, "body_too_large", $"A body has at most {AdminServer.MostRequestBody / 1024} KiB.")
                : context.Response.ErrorAsync(fault.StatusCode, "bad_request", "The body cannot be read as HTTP.")).ConfigureAwait(false);
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            AdminLog.Failed(log, context.Request.Method, context.Request.Path, fault);
            await context.Response.ErrorAsync(500, "fault", "The gateway failed to answer; its log tells more.").ConfigureAwait(false);
        }

        // Of strangers the log would be full; whoever may look and tries to change something is worth a line.
        if (Described.NeedOf(context) == AccessNeed.Change && context.Features.Get<AdminCaller>() is { MayLook: true } caller)
        {
            audit.Add(context, caller.Name);
        }
    }

    private async Task<bool> RefusesAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var door = context.Features.GetRequiredFeature<DoorFeature>().Door;
        if (door == AdminDoor.Metrics && request.Path != "/metrics")
        {
            await response.ErrorAsync(404, "not_found", "There is /metrics only.").ConfigureAwait(false);
            return true;
        }

        // A scraper knows the metrics listener by whatever name its network has for it.
        if (door == AdminDoor.Admin && !(_hosts.Allows(request.Host) && HostRule.AllowsOrigin(request.Headers.Origin.ToString(), request.Host)))
        {
            await response.ErrorAsync(421, "host_refused", "Host and Origin must be the address that admin.listen says, a name of loopback, or one of admin.hosts.").ConfigureAwait(false);
            return true;
        }

        return await RefusesCallerAsync(context, door).ConfigureAwait(false);
    }

    private async Task<bool> RefusesCallerAsync(HttpContext context, AdminDoor door)
    {
        var (request, response, address) = (context.Request, context.Response, context.Connection.RemoteIpAddress);
        if (access.HasTokens && request.Headers.Authorization.Count > 0 && brake.IsFull(address))
        {
            await response.TooManyGuessesAsync().ConfigureAwait(false);
            return true;
        }

        var caller = access.Identify(request.Headers.Authorization, request.Cookies[AdminSessions.Cookie]);
        context.Features.Set(caller);
        var need = Described.NeedOf(context);
        switch (access.Check(door, need, caller))
        {
            case AccessResult.Unauthorized:
                await (caller.HasGuessed ? brake.WrongAsync(address, context.RequestAborted) : Task.CompletedTask).ConfigureAwait(false);
                response.Headers.WWWAuthenticate = "Bearer";
                await response.ErrorAsync(401, "unauthorized", "Send a token of the configuration: Authorization: Bearer …").ConfigureAwait(false);
                return true;
            case AccessResult.Forbidden:
                await response.ErrorAsync(403, "forbidden", "Changing things wants admin.token.").ConfigureAwait(false);
                return true;
        }

        // A browser names the origin of every request that is no GET; what does not is none, and has no business with a cookie.
        if (need == AccessNeed.Change && caller.Session is not null && request.Headers.Origin.Count == 0)
        {
            await response.ErrorAsync(403, "origin_missing", "A change by cookie wants Origin; a program sends a token instead.").ConfigureAwait(false);
            return true;
        }

        return await RefusesParameterAsync(context).ConfigureAwait(false) || await RefusesValueAsync(context).ConfigureAwait(false);
    }

    /// <summary>
    /// A filter whose name is misspelt would be none, and whoever looks would take all that comes for what was asked for. Balancers and scrapers
    /// put parameters of their own to what is no part of the API.
    /// </summary>
    private static async Task<bool> RefusesParameterAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/api") || Described.Of(context) is not { } operation)
        {
            return false;
        }

        foreach (var (name, values) in context.Request.Query)
        {
            if (!operation.Query.Any(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                var known = operation.Query.Count == 0 ? "none" : string.Join(", ", operation.Query.Select(parameter => parameter.Name));
                await context.Response.ErrorAsync(400, "unknown_parameter", $"There is no parameter '{name}' here; there are {known}.").ConfigureAwait(false);
                return true;
            }

            if (values.Count > 1)
            {
                await context.Response.ErrorAsync(400, "repeated_parameter", $"{name} stands there more than once.").ConfigureAwait(false);
                return true;
            }
        }

        return false;
    }

    /// <summary>A word that is misspelt would find nothing, and whoever looks would believe that there is nothing.</summary>
    private static async Task<bool> RefusesValueAsync(HttpContext context)
    {
        if (Described.Of(context)?.Query.FirstOrDefault(parameter => parameter.Values.Count > 0 && context.Request.Query.Text(parameter.Name) is { } text && !parameter.Values.Contains(text)) is not { } wrong)
        {
            return false;
        }

        await context.Response.ErrorAsync(400, $"bad_{wrong.Name}", $"{wrong.Name} is one of {string.Join(", ", wrong.Values)}.").ConfigureAwait(false);
        return true;
    }

    /// <summary>What routing refuses comes without a body.</summary>
    private static Task FillAsync(HttpResponse response) => response switch
    {
        { HasStarted: true } => Task.CompletedTask,
        { StatusCode: 404 } => response.ErrorAsync(404, "not_found", "There is nothing at this path."),
        { StatusCode: 405 } => response.ErrorAsync(405, "method_not_allowed", "This path takes other methods; see Allow."),
        _ => Task.CompletedTask,
    };
}
