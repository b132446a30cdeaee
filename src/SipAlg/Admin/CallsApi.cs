using System.Globalization;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Hosting;
using SipAlg.Journal;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/calls</c>: live calls, asked of their lanes; recent ones, from the journal.</summary>
internal sealed class CallsApi(Gateway gateway, CallJournal journal, ILogger log)
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;

    /// <summary>For a lane's answer; a healthy one takes milliseconds.</summary>
    private static readonly TimeSpan LaneWait = TimeSpan.FromSeconds(2);

    private readonly LiveCalls _live = new(gateway);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/calls", ListAsync);
        routes.MapGet("/api/v1/calls/{id}", GetAsync);
        routes.MapGet("/api/v1/calls/{id}/pcap", CaptureAsync);
        routes.MapDelete("/api/v1/calls/{id}", HangUpAsync);
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!TryLimit(query["limit"], out var limit))
        {
            return context.Response.ErrorAsync(400, "bad_limit", $"limit is a number from 1 to {MostLimit}.");
        }

        var cursor = query["cursor"].ToString();
        var filter = CallFilter.Of(query);
        return query["state"].ToString() switch
        {
            "live" or "" => ListLiveAsync(context, cursor, limit, filter),
            "ended" => ListEndedAsync(context, cursor, limit, filter, isRefused: false),
            "refused" => ListEndedAsync(context, cursor, limit, filter, isRefused: true),
            _ => context.Response.ErrorAsync(400, "bad_state", "state is live, ended or refused."),
        };
    }

    private async Task ListLiveAsync(HttpContext context, string cursor, int limit, CallFilter filter)
    {
        if (!LiveCursor.TryParse(cursor, gateway.LaneCount, out var from))
        {
            await BadCursorAsync(context).ConfigureAwait(false);
            return;
        }

        var (calls, next) = await _live.ListAsync(from, limit, filter.IsNone ? null : filter.WantsLive).WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false);
        await context.Response.JsonAsync(200, new CallList([.. calls.Select(call => Live(call))], next?.ToString()), AdminJson.Default.CallList).ConfigureAwait(false);
    }

    private Task ListEndedAsync(HttpContext context, string cursor, int limit, CallFilter filter, bool isRefused)
    {
        long before = 0;
        if (cursor.Length > 0 && !(long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before) && before > 0))
        {
            return BadCursorAsync(context);
        }

        var page = journal.Recent.Page(before, limit, out var next, filter.IsNone ? null : filter.Wants, isRefused);
        return context.Response.JsonAsync(
            200, new CallList([.. page.Select(call => CallDetails.Of(call, isRefused ? "refused" : "ended"))], next == 0 ? null : next.ToString(CultureInfo.InvariantCulture)), AdminJson.Default.CallList);
    }

    private async Task GetAsync(HttpContext context)
    {
        if (TryId(context, out var id))
        {
            if (await _live.FindAsync(id).WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false) is { } call)
            {
                await OneAsync(context, Live(call, isWhole: true) with { Verdict = VerdictDetails.Of(Verdict.Of(call.Fixed)) }, call.Fixed).ConfigureAwait(false);
                return;
            }

            if (journal.Recent.Find(id) is { } ended)
            {
                await OneAsync(context, CallDetails.Of(ended, ended.Record.Refusal is null ? "ended" : "refused", isWhole: true), ended.Record).ConfigureAwait(false);
                return;
            }
        }

        await NoCallAsync(context).ConfigureAwait(false);
    }

    /// <summary>With what is kept of it.</summary>
    private Task OneAsync(HttpContext context, CallDetails details, CallRecord record)
    {
        var messages = gateway.MessagesOf(record);
        var invite = messages.Count > 0 && messages[0].IsReceived ? messages[0].Octets : default(ReadOnlyMemory<byte>);
        return context.Response.JsonAsync(
            200,
            details with
            {
                Decision = DecisionDetails.Of(record, invite),
                Messages = [.. messages.Select(message => MessageDetails.Of(message, gateway.Listeners[message.Flow.Listener].Name))],
            },
            AdminJson.Default.CallDetails);
    }

    /// <summary>The call's signalling as a capture file.</summary>
    private async Task CaptureAsync(HttpContext context)
    {
        var record = !TryId(context, out var id) ? null
            : (await _live.FindAsync(id).WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false))?.Fixed ?? journal.Recent.Find(id)?.Record;
        if (record is null)
        {
            await NoCallAsync(context).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "application/vnd.tcpdump.pcap";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{record.IdText}.pcap\"";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(PcapFile.Of(gateway.MessagesOf(record)), context.RequestAborted).ConfigureAwait(false);
    }

    private async Task HangUpAsync(HttpContext context)
    {
        if (!TryId(context, out var id) || !await _live.HangUpAsync(id, CallCause.HungUpByOperator).WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false))
        {
            await NoCallAsync(context).ConfigureAwait(false);
            return;
        }

        AdminLog.HungUp(log, id.ToString("x16", CultureInfo.InvariantCulture));
        context.Response.StatusCode = 204;
    }

    private static CallDetails Live(CallSnapshot call, bool isWhole = false) =>
        CallDetails.Of(call, call.Ended is not null ? "ending" : call.Answered is null ? "setup" : "answered", isWhole);

    private static bool TryLimit(string? text, out int limit)
    {
        limit = DefaultLimit;
        return string.IsNullOrEmpty(text) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostLimit);
    }

    private static bool TryId(HttpContext context, out ulong id) =>
        ulong.TryParse(context.Request.RouteValues["id"] as string, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);

    private static Task BadCursorAsync(HttpContext context) =>
        context.Response.ErrorAsync(400, "bad_cursor", "cursor is what the page before gave as next.");

    private static Task NoCallAsync(HttpContext context) =>
        context.Response.ErrorAsync(404, "no_such_call", "No call with this id is live or among the last that ended.");
}
