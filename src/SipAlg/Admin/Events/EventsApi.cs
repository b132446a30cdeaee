using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using SipAlg.Admin.Access;
using SipAlg.Admin.Description;

namespace SipAlg.Admin.Events;

/// <summary><c>/api/v1/events</c>: server-sent events for as long as the listener stays.</summary>
internal sealed class EventsApi(EventFeed feed, AdminSessions sessions, CancellationToken stopping)
{
    /// <summary>Also how soon a session that has ended hears nothing any more.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>Who takes nothing for so long is let go.</summary>
    private static readonly TimeSpan SlowestRead = TimeSpan.FromSeconds(30);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/events", ListenAsync).Describe(new Operation(
        "What happens, as server-sent events: call, registration, peer, reload, ban, limit, and lost when events are missing.")
    {
        Headers = [new Parameter("Last-Event-ID", "The id of the last event that is known: those since then come first, as far as they are kept.")],
        Events = new Dictionary<string, JsonTypeInfo>
        {
            [EventTypes.Call] = AdminJson.Default.CallEvent,
            [EventTypes.Registration] = AdminJson.Default.RegistrationEvent,
            [EventTypes.Peer] = AdminJson.Default.PeerEvent,
            [EventTypes.Reload] = AdminJson.Default.ReloadEvent,
            [EventTypes.Ban] = AdminJson.Default.BanEvent,
            [EventTypes.Limit] = AdminJson.Default.LimitEvent,
            [EventTypes.Lost] = AdminJson.Default.LostEvent,
        },
        Answers = [Answer.Of(200, "Events, until the listener leaves.", ServerSent.ContentType), Answer.Error(503, "There are as many listeners as may be.")],
    });

    private async Task ListenAsync(HttpContext context)
    {
        if (feed.Listen(context.Request.Headers["Last-Event-ID"]) is not { } listener)
        {
            context.Response.Headers.RetryAfter = "10";
            await context.Response.ErrorAsync(503, "too_many_listeners", $"At most {EventFeed.MostListeners} listen at once.").ConfigureAwait(false);
            return;
        }

        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await SendAsync(context, listener, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The listener has left, or the gateway stops.
        }
        finally
        {
            feed.Leave(listener);
        }
    }

    private async Task SendAsync(HttpContext context, EventListener listener, CancellationToken end)
    {
        var response = context.Response;
        response.ContentType = ServerSent.ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.BodyWriter.Write("retry: 2000\n\n"u8);
        var caller = context.Features.GetRequiredFeature<AdminCaller>();
        Task? news = null;
        while (await TryFlushAsync(context, end).ConfigureAwait(false) && (caller.Session is null || sessions.Holds(caller.Session)))
        {
            news ??= listener.WaitAsync(end);
            if (await Task.WhenAny(news, Task.Delay(KeepAlive, end)).ConfigureAwait(false) != news)
            {
                end.ThrowIfCancellationRequested();
                response.BodyWriter.Write(ServerSent.KeepAlive);
                continue;
            }

            await news.ConfigureAwait(false);
            news = null;
            Write(response, listener);
        }
    }

    private static void Write(HttpResponse response, EventListener listener)
    {
        if (listener.TakeLost() is { } lost)
        {
            response.BodyWriter.Write(ServerSent.Frame(null, EventTypes.Lost, lost, AdminJson.Default.LostEvent));
        }

        while (listener.TryRead(out var sent))
        {
            response.BodyWriter.Write(sent.Frame);
        }
    }

    /// <returns>False: the listener does not read.</returns>
    private static async Task<bool> TryFlushAsync(HttpContext context, CancellationToken end)
    {
        try
        {
            await context.Response.BodyWriter.FlushAsync(end).AsTask().WaitAsync(SlowestRead, end).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            context.Abort();
            return false;
        }
    }
}
