namespace SipAlg.Journal.Targets;

/// <summary>How long to wait before the next attempt: twice as long each time, up to five minutes, and by lot within the upper half, so that gateways do not come back all at once.</summary>
/// <param name="first">After the first failure.</param>
/// <param name="random">Draws.</param>
internal sealed class Backoff(TimeSpan first, Random random)
{
    public static readonly TimeSpan Most = TimeSpan.FromMinutes(5);

    private TimeSpan _next;

    /// <param name="asked">What the server asked for (Retry-After); null if nothing.</param>
    public TimeSpan Failed(TimeSpan? asked = null)
    {
        _next = _next == default ? first : _next * 2 > Most ? Most : _next * 2;
        var wait = _next * (0.5 + (random.NextDouble() / 2));
        return asked is not { } least || least <= wait ? wait : least < Most ? least : Most;
    }

    public void Succeeded() => _next = default;
}
