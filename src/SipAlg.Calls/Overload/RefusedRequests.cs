namespace SipAlg.Calls.Overload;

/// <summary>
/// Which requests were refused a short while ago: one that comes again is refused again, though the share be smaller by then. Who has his
/// 503 hears nothing more of the request, so that a call which was begun with what was still on the way would ring for nobody.
/// A fixed number of places, the newer entry wins.
/// </summary>
internal sealed class RefusedRequests
{
    /// <summary>512 KB: of 10,000 refusals a second those of the last 6 s are there.</summary>
    private const int Places = 1 << 16;

    /// <summary>RFC 3261's 64·T1: later nothing is sent again.</summary>
    private const int Lifetime = 32_000;

    private (uint Key, uint At)[]? _places;

    /// <param name="lot">The request's.</param>
    /// <param name="now">Milliseconds.</param>
    public void Add(ulong lot, long now) => (_places ??= new (uint, uint)[Places])[(int)(lot % Places)] = ((uint)(lot >> 32), (uint)now + 1);

    public bool Has(ulong lot, long now) =>
        _places is not null && _places[(int)(lot % Places)] is var (key, at) && key == (uint)(lot >> 32) && at != 0 && (uint)now + 1 - at < Lifetime;

    /// <summary>An episode is over: the memory is given back.</summary>
    public void Clear() => _places = null;
}
