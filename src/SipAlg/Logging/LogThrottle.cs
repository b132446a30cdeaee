using System.Collections.Concurrent;

namespace SipAlg.Logging;

/// <summary>Lets one line of a kind through in a while and counts the others, so that what happens on every call does not fill the log.</summary>
internal sealed class LogThrottle(TimeSpan interval, TimeProvider time)
{
    private const long Never = long.MinValue;
    private readonly ConcurrentDictionary<string, Gate> _gates = new();

    private sealed class Gate
    {
        public long Opened = Never;
        public long Held;
    }

    /// <param name="kind">From a bounded set of names.</param>
    /// <param name="held">How many were held back since the last that passed.</param>
    public bool Passes(string kind, out long held)
    {
        var now = time.GetTimestamp();
        var gate = _gates.GetOrAdd(kind, static _ => new Gate());
        var opened = Volatile.Read(ref gate.Opened);
        if ((opened != Never && time.GetElapsedTime(opened, now) < interval) || Interlocked.CompareExchange(ref gate.Opened, now, opened) != opened)
        {
            Interlocked.Increment(ref gate.Held);
            held = 0;
            return false;
        }

        held = Interlocked.Exchange(ref gate.Held, 0);
        return true;
    }
}
