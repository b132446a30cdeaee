using System.Globalization;
using SipAlg.Admin.Description;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Hosting;
using SipAlg.Journal;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/calls</c>: live calls, asked of their lanes; recent ones, from the journal.</summary>
internal sealed class CallsApi(Gateway gateway, CallJournal journal, ILogger log)
{
    private const string PcapType = "application/vnd.tcpdump.pcap";

    /// <summary>For a lane's answer; a healthy one takes milliseconds.</summary>
    private static readonly TimeSpan LaneWait = TimeSpan.FromSeconds(2);

    private static readonly string[] States = ["live", "setup", "answered", "ended", "refused"];
    private static readonly Parameter[] Id = [new("id", "Sixteen hexadecimal digits, as in lists, records and logs.")];
    private static readonly Answer NoCall = Answer.Error(404, "No such call is live or among the last that ended.");

    private readonly LiveCalls _live = new(gateway);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/calls", ListAsync).Describe(new Operation("Live calls, those that ended last, newest first, or INVITEs that became no call.")
        {
            Query = [new Parameter("state", "live by default, or of live calls those that are not answered yet, or are.") { Values = States }, .. CallFilter.Parameters, .. Paging.Parameters],
            Answers = [Answer.Of(200, "One page.", AdminJson.Default.CallList), Paging.BadQuery],
        });
        routes.MapGet("/api/v1/calls/{id}", GetAsync).Describe(new Operation("One call with its messages, what the dialplan decided, its media and its verdict.")
        {
            Path = Id, Answers = [Answer.Of(200, "The call.", AdminJson.Default.CallDetails), NoCall],
        });
        routes.MapGet("/api/v1/calls/{id}/pcap", CaptureAsync).Describe(new Operation("The call's signalling as a capture file.")
        {
            Path = Id, Answers = [Answer.Of(200, "The file.", PcapType), NoCall],
        });
        routes.MapDelete("/api/v1/calls/{id}", HangUpAsync).Describe(new Operation("Hangs up.")
        {
            Path = Id, Answers = [Answer.Of(204, "Both sides are being told."), NoCall],
        });
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!Paging.TryLimit(query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        if (!CallFilter.TryRead(query, out var filter))
        {
            return context.Response.ErrorAsync(400, "bad_since", "since is a time, as 2026-03-02T09:00:00Z.");
        }

        var cursor = query["cursor"].ToString();
        return query["state"].ToString() switch
        {
            "live" or "" => ListLiveAsync(context, cursor, limit, filter),
            "setup" => ListLiveAsync(context, cursor, limit, filter with { IsAnswered = false }),
            "answered" => ListLiveAsync(context, cursor, limit, filter with { IsAnswered = true }),
            "ended" => ListEndedAsync(context, cursor, limit, filter, isRefused: false),
            _ => ListEndedAsync(context, cursor, limit, filter, isRefused: true),
        };
    }

    private async Task ListLiveAsync(HttpContext context, string cursor, int limit, CallFilter filter)
    {
        if (!LiveCursor.TryParse(cursor, gateway.LaneCount, out var from))
        {
            await context.Response.BadCursorAsync().ConfigureAwait(false);
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
            return context.Response.BadCursorAsync();
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
                await OneAsync(context, Live(call, isWhole: true) with { Verdict = VerdictDetails.Of(Verdict.Of(call.Fixed, call.Streams)) }, call.Fixed).ConfigureAwait(false);
                return;
            }

            if (await EndedAsync(id, context.RequestAborted).ConfigureAwait(false) is { } ended)
            {
                await OneAsync(context, CallDetails.Of(ended, ended.Record.Refusal is null ? "ended" : "refused", isWhole: true), ended.Record).ConfigureAwait(false);
                return;
            }
        }

        await NoCallAsync(context).ConfigureAwait(false);
    }

    /// <summary>One that is not live any more; null: none of those that are kept.</summary>
    private async Task<JudgedCall?> EndedAsync(ulong id, CancellationToken ended)
    {
        if (journal.Recent.Find(id) is null)
        {
            await journal.CatchUpAsync(ended).WaitAsync(LaneWait, ended).ConfigureAwait(false);
        }

        return journal.Recent.Find(id);
    }

    /// <summary>With what is kept of it.</summary>
    private Task OneAsync(HttpContext context, CallDetails details, CallRecord record)
    {
        var messages = gateway.MessagesOf(record);
        return context.Response.JsonAsync(
            200,
            details with
            {
                Decision = DecisionDetails.Of(record, KeptInvites.Of(record, messages)),
                Messages = [.. messages.Select(message => MessageDetails.Of(message, gateway.Listeners[message.Flow.Listener].Name))],
            },
            AdminJson.Default.CallDetails);
    }

    /// <summary>The call's signalling as a capture file.</summary>
    private async Task CaptureAsync(HttpContext context)
    {
        var record = !TryId(context, out var id) ? null
            : (await _live.FindAsync(id).WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false))?.Fixed ?? (await EndedAsync(id, context.RequestAborted).ConfigureAwait(false))?.Record;
        if (record is null)
        {
            await NoCallAsync(context).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = PcapType;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{record.IdText}.pcap\"";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(PcapFile.Of(gateway.MessagesOf(record)), context.RequestAborted).ConfigureAwait(false);
    }

    private async Task HangUpAsync(HttpContext context)
    {
        if (!TryId(context, out var id) || !await _live.HangUpAsync(id, CallCause.HungUpByOperator).WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false))
        {
            await (id != 0 && await EndedAsync(id, context.RequestAborted).ConfigureAwait(false) is not null
                ? context.Response.ErrorAsync(404, "no_such_call", "This call has ended: there is nothing to hang up.")
                : NoCallAsync(context)).ConfigureAwait(false);
            return;
        }

        AdminLog.HungUp(log, id.ToString("x16", CultureInfo.InvariantCulture));
        context.Response.StatusCode = 204;
    }

    private static CallDetails Live(CallSnapshot call, bool isWhole = false) =>
        CallDetails.Of(call, call.Ended is not null ? "ending" : call.Answered is null ? "setup" : "answered", isWhole);

    private static bool TryId(HttpContext context, out ulong id) =>
        ulong.TryParse(context.Request.RouteValues["id"] as string, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);

    private static Task NoCallAsync(HttpContext context) =>
        context.Response.ErrorAsync(404, "no_such_call", "No call with this id is live or among the last that ended.");
}
