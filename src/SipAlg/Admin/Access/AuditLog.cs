namespace SipAlg.Admin.Access;

/// <summary>One change that somebody asked for, and what became of it.</summary>
internal sealed record AuditEntry
{
    public required DateTimeOffset At { get; init; }

    /// <summary>token, read_token, anybody, or <c>session</c> with its name.</summary>
    public required string Who { get; init; }

    /// <summary>Where the request came from.</summary>
    public required string Address { get; init; }
    public required string Method { get; init; }
    public required string Path { get; init; }
    public required int Status { get; init; }

    /// <summary>done, refused or failed.</summary>
    public required string Outcome { get; init; }

    /// <summary>What was asked for besides, as the deadline of a drain; null where the path says all.</summary>
    public string? Detail { get; init; }
}

/// <summary>Hung on a request: what its line in the audit is to say besides the path.</summary>
internal sealed record AuditDetail(string Text);

/// <summary>Who has changed what by the admin API: each to the log, the last to the API.</summary>
internal sealed class AuditLog(ILogger log, TimeProvider time)
{
    public const int Capacity = 1000;
    private const int MostPath = 200;

    private readonly Lock _lock = new();
    private readonly AuditEntry[] _entries = new AuditEntry[Capacity];
    private long _count;

    public void Add(HttpContext context, AdminCaller caller)
    {
        var status = context.Response.StatusCode;
        var entry = new AuditEntry
        {
            At = time.GetUtcNow(),
            Who = caller.Name,
            Address = context.Connection.RemoteIpAddress?.ToString() ?? "",
            Method = context.Request.Method,
            Path = Printable(context.Request.Path.Value ?? ""),
            Status = status,
            Outcome = status < 400 ? "done" : status < 500 ? "refused" : "failed",
            Detail = context.Features.Get<AuditDetail>()?.Text,
        };
        AdminLog.Audited(log, entry.Who, entry.Address, entry.Method, entry.Detail is null ? entry.Path : $"{entry.Path} ({entry.Detail})", entry.Outcome, status);
        lock (_lock)
        {
            _entries[_count++ % Capacity] = entry;
        }
    }

    /// <summary>Newest first.</summary>
    /// <param name="before">0 for the newest, else what the page before gave as next.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="next">0 after the last page.</param>
    public IReadOnlyList<AuditEntry> Page(long before, int limit, out long next)
    {
        List<AuditEntry> page = [];
        lock (_lock)
        {
            var oldest = Math.Max(0, _count - Capacity);
            var at = before == 0 ? _count : Math.Min(before - 1, _count);
            while (at > oldest && page.Count < limit)
            {
                page.Add(_entries[--at % Capacity]);
            }

            next = at > oldest ? at + 1 : 0;
        }

        return page;
    }

    /// <summary>A path may hold anything once it is unescaped; a line of a log stays one.</summary>
    private static string Printable(string path)
    {
        var text = path.Length > MostPath ? path[..MostPath] : path;
        return text.Any(char.IsControl) ? string.Concat(text.Select(character => char.IsControl(character) ? '?' : character)) : text;
    }
}
