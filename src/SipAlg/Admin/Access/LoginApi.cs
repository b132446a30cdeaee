using Microsoft.AspNetCore.Http.Features;
using SipAlg.Admin.Description;

namespace SipAlg.Admin.Access;

internal sealed record LoginBody
{
    /// <summary>One of the configuration's.</summary>
    public required string Token { get; init; }
}

/// <summary>What the caller may do.</summary>
internal sealed record SessionBody
{
    /// <summary>The caller may look.</summary>
    public required bool LoggedIn { get; init; }
    public required bool MayChange { get; init; }

    /// <summary>token, read_token, session, or anybody where there are no tokens; null for a stranger.</summary>
    public required string? By { get; init; }

    /// <summary>There is nothing to log in with: everybody may do everything, on loopback alone.</summary>
    public required bool IsOpen { get; init; }
}

/// <summary>Log-in and log-out of the console: a token is exchanged for a cookie that scripts of a page cannot read.</summary>
internal sealed class LoginApi(AdminAccess access, AdminSessions sessions, GuessBrake brake, AuditLog audit, ILogger log)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/login", LoginAsync).Describe(new Operation("Exchanges a token for the cookie of a session.")
        {
            Need = AccessNeed.None,
            Body = AdminJson.Default.LoginBody,
            Answers =
            [
                Answer.Of(200, "Logged in.", AdminJson.Default.SessionBody), BodyReader.Bad, BodyReader.NotJson,
                Answer.Error(401, "The token is wrong."), Answer.Error(429, "Too many wrong tokens have come from this address."),
            ],
        });
        routes.MapPost("/api/v1/logout", LogoutAsync).Describe(new Operation("Ends the session of the cookie.")
        {
            Need = AccessNeed.None,
            Answers = [Answer.Of(204, "Logged out, or never logged in.")],
        });
        routes.MapGet("/api/v1/session", ShowAsync).Describe(new Operation("What the caller may do.")
        {
            Need = AccessNeed.None,
            Answers = [Answer.Of(200, "Also for who may nothing.", AdminJson.Default.SessionBody)],
        });
    }

    private async Task LoginAsync(HttpContext context)
    {
        if (await BodyReader.ReadAsync(context, AdminJson.Default.LoginBody).ConfigureAwait(false) is not { } body)
        {
            return;
        }

        var address = context.Connection.RemoteIpAddress;
        if (!access.HasTokens)
        {
            await ReplyAsync(context, AdminCaller.Anybody).ConfigureAwait(false);
            return;
        }

        if (brake.IsFull(address))
        {
            await context.Response.TooManyGuessesAsync().ConfigureAwait(false);
            return;
        }

        if (access.OfToken(body.Token) is not { MayLook: true } known)
        {
            AdminLog.LoginRefused(log, address?.ToString() ?? "");
            await brake.WrongAsync(address, context.RequestAborted).ConfigureAwait(false);
            await context.Response.ErrorAsync(401, "wrong_token", "This is no token of the configuration.").ConfigureAwait(false);
            audit.Add(context, "stranger", AuditKind.RefusedLogin);
            return;
        }

        var secret = sessions.Begin(known.MayChange, address?.ToString() ?? "");
        context.Response.Cookies.Append(AdminSessions.Cookie, secret, CookieOf(context.Request));
        var session = new AdminCaller(CallerKind.Session, known.MayChange, sessions.Find(secret));
        AdminLog.LoggedIn(log, session.Name, known.Name, address?.ToString() ?? "");
        await ReplyAsync(context, session).ConfigureAwait(false);
        audit.Add(context, session.Name, AuditKind.Session);
    }

    private Task LogoutAsync(HttpContext context)
    {
        context.Response.Cookies.Delete(AdminSessions.Cookie, CookieOf(context.Request));
        context.Response.StatusCode = 204;
        if (context.Features.GetRequiredFeature<AdminCaller>() is { Session: not null } caller && sessions.End(context.Request.Cookies[AdminSessions.Cookie]))
        {
            AdminLog.LoggedOut(log, caller.Name);
            audit.Add(context, caller.Name, AuditKind.Session);
        }

        return Task.CompletedTask;
    }

    private Task ShowAsync(HttpContext context) => ReplyAsync(context, context.Features.GetRequiredFeature<AdminCaller>());

    private Task ReplyAsync(HttpContext context, AdminCaller caller) => context.Response.JsonAsync(
        200,
        new SessionBody { LoggedIn = caller.MayLook, MayChange = caller.MayChange, By = caller.MayLook ? caller.Name.Split(' ')[0] : null, IsOpen = !access.HasTokens },
        AdminJson.Default.SessionBody);

    /// <summary>A proxy that ends TLS says so; what a stranger writes there only makes the cookie of his own browser stricter.</summary>
    private static CookieOptions CookieOf(HttpRequest request) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = request.IsHttps || string.Equals(request.Headers["X-Forwarded-Proto"], "https", StringComparison.OrdinalIgnoreCase),
        Path = "/",
    };
}
