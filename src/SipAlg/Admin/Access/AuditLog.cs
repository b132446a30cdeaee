namespace SipAlg.Admin.Access;

/// <summary>One change that somebody asked for, or a log-in, and what became of it.</summary>
internal sealed record AuditEntry
{
    public required DateTimeOffset At { get; init; }

    /// <summary>token, read_token, anybody, stranger, <c>session</c> with its name; signal or files of a reload that nobody asked the API for.</summary>
    public required string Who { get; init; }

    /// <summary>Where the request came from; empty of what came by no request.</summary>
    public required string Address { get; init; }

    /// <summary>Of the request; without one, of the request that would have done the same, and so are path and status.</summary>
    public required string Method { get; init; }
    public required string Path { get; init; }
    public required int Status { get; init; }

    /// <summary>done, refused or failed.</summary>
    public required string Outcome { get; init; }

    /// <summary>What was asked for besides, as the deadline of a drain, or the first reason why not; null where the path says all.</summary>
    public string? Detail { get; init; }
}

/// <summary>Hung on a request: what its line in the audit is to say besides the path.</summary>
internal sealed record AuditDetail(string Text);

/// <summary>What a line of the audit is of. Each has its own room: who guesses tokens pushes out neither changes nor log-ins.</summary>
internal enum AuditKind : byte
{
    Change,

    /// <summary>A log-in that was let in, or a log-out.</summary>
    Session,
    RefusedLogin,
}

/// <summary>Who has changed what, and who has logged in: changes to the log, the last of all to the API.</summary>
internal sealed class AuditLog(ILogger log, TimeProvider time)
{
    public const int Changes = 1000;
    public const int Sessions = 200;
    public const int RefusedLogins = 100;
    private const int MostPath = 200;

    public static IReadOnlyList<string> Outcomes { get; } = ["done", "refused", "failed"];

    private readonly Lock _lock = new();

    /// <summary>By kind; the oldest first, and the newer the higher the number.</summary>
    private readonly (Queue<(long Number, AuditEntry Entry)> Entries, int Most)[] _kept = [(new(), Changes), (new(), Sessions), (new(), RefusedLogins)];
    private long _number;

    /// <summary>A request that has its answer.</summary>
    /// <param name="who">In the words of <see cref="AuditEntry.Who"/>.</param>
    public void Add(HttpContext context, string who, AuditKind kind = AuditKind.Change)
    {
        var entry = EntryOf(who, context.Request.Method, context.Request.Path.Value ?? "", context.Response.StatusCode) with
        {
            Address = context.Connection.RemoteIpAddress?.ToString() ?? "",
            Detail = context.Features.Get<AuditDetail>()?.Text,
        };
        if (kind == AuditKind.Change)
        {
            AdminLog.Audited(log, entry.Who, entry.Address, entry.Method, entry.Path + (entry.Detail is null ? "" : $" ({entry.Detail})"), entry.Outcome, entry.Status);
        }

        Keep(entry, kind);
    }

    /// <summary>What was asked for otherwise than by a request; it has its own line in the log.</summary>
    /// <param name="status">That of the request that would have done the same.</param>
    public void Add(string who, string method, string path, int status, string? detail) => Keep(EntryOf(who, method, path, status) with { Detail = detail }, AuditKind.Change);

    /// <summary>Newest first.</summary>
    /// <param name="before">0 for the newest, else what the page before gave as next.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="next">0 after the last page.</param>
    /// <param name="isWanted">Null: all.</param>
    public IReadOnlyList<AuditEntry> Page(long before, int limit, out long next, Func<AuditEntry, bool>? isWanted = null)
    {
        (long Number, AuditEntry Entry)[] found;
        lock (_lock)
        {
            found = [.. _kept.SelectMany(kept => kept.Entries).Where(kept => before == 0 || kept.Number < before)];
        }

        var page = found.OrderByDescending(kept => kept.Number).Where(kept => isWanted?.Invoke(kept.Entry) != false).Take(limit + 1).ToArray();
        next = page.Length > limit ? page[limit - 1].Number : 0;
        return [.. page.Take(limit).Select(kept => kept.Entry)];
    }

    private void Keep(AuditEntry entry, AuditKind kind)
    {
        lock (_lock)
        {
            var (entries, most) = _kept[(int)kind];
            entries.Enqueue((++_number, entry));
            if (entries.Count > most)
            {
                entries.Dequeue();
            }
        }
    }

    private AuditEntry EntryOf(string who, string method, string path, int status) => new()
    {
        At = time.GetUtcNow(),
        Who = who,
        Address = "",
        Method = method,
        Path = Printable(path),
        Status = status,
        Outcome = Outcomes[status < 400 ? 0 : status < 500 ? 1 : 2],
    };

    /// <summary>A path may hold anything once it is unescaped; a line of a log stays one.</summary>
    private static string Printable(string path)
    {
        var text = path.Length > MostPath ? path[..MostPath] : path;
        return text.Any(char.IsControl) ? string.Concat(text.Select(character => char.IsControl(character) ? '?' : character)) : text;
    }
}
