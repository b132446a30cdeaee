using SipAlg.Calls.Calls;
using SipAlg.Media;

namespace SipAlg.Calls.Lanes;

/// <summary>What one lane counts of its calls; plain cells, written by the lane and read by anybody.</summary>
public sealed class CallCounters(int realms, int peers)
{
    /// <summary>Upper bounds of <see cref="Setup"/> in seconds; a last bucket holds the rest.</summary>
    public static IReadOnlyList<double> SetupBounds { get; } = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 180];

    /// <summary>Upper bounds of <see cref="Duration"/> in seconds; a last bucket holds the rest.</summary>
    public static IReadOnlyList<double> DurationBounds { get; } = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400];

    private const int Outcomes = (int)CallOutcome.Failed + 1;
    private const int SourceChanges = (int)SourceChange.LeadsBack + 1;
    private const int Digits = 2 * (int)DigitDirection.Count;
    private long[] _total = new long[realms * Outcomes];
    private long[] _ends = new long[realms * CallCauses.Count];
    private long[] _digits = new long[realms * Digits];
    private long[] _sources = new long[realms * SourceChanges];
    private long[] _leaks = new long[realms];

    /// <summary>Calls from admission until both legs have ended.</summary>
    public int Active { get; internal set; }

    /// <summary>Subscriptions from admission until they have ended at both ends.</summary>
    public int Subscriptions { get; internal set; }

    /// <summary>Dialogs that calls and subscriptions have with their far sides, early or confirmed.</summary>
    public int Dialogs { get; internal set; }

    /// <summary>How the audio of legs came.</summary>
    public MediaQuality Quality { get; } = new(realms, peers);

    public Histogram Setup { get; } = new(SetupBounds);
    public Histogram Duration { get; } = new(DurationBounds);

    /// <summary>Requests refused before they were a call, by reason.</summary>
    public long[] Refused { get; private set; } = new long[realms * (int)RefusalReason.Count];

    /// <summary>Makes room for more realms and peers; what was counted stays. Readers see the old cells or the new ones, which are the same.</summary>
    internal void Grow(int realms, int peers)
    {
        Quality.Grow(realms, peers);
        Refused = Grown(Refused, realms * (int)RefusalReason.Count);
        _total = Grown(_total, realms * Outcomes);
        _ends = Grown(_ends, realms * CallCauses.Count);
        _digits = Grown(_digits, realms * Digits);
        _sources = Grown(_sources, realms * SourceChanges);
        _leaks = Grown(_leaks, realms);
    }

    /// <summary>More cells, the first of them the same; the same array if there are enough.</summary>
    internal static T[] Grown<T>(T[] cells, int count) => count <= cells.Length ? cells : [.. cells, .. new T[count - cells.Length]];

    public long Total(int realm, CallOutcome outcome) => _total[(realm * Outcomes) + (int)outcome];

    public long Ends(int realm, CallCause cause) => _ends[(realm * CallCauses.Count) + (int)cause];

    /// <summary>Digits converted on their way into a realm, or lost there.</summary>
    public long DigitTotal(int realm, DigitDirection direction, bool isLost) => Volatile.Read(ref _digits[DigitCell(realm, direction, isLost)]);

    /// <summary>Changes of where the media of a realm's streams comes from.</summary>
    public long SourceTotal(int realm, SourceChange change) => Volatile.Read(ref _sources[(realm * SourceChanges) + (int)change]);

    internal void CountSource(int realm, SourceChange change) => _sources[(realm * SourceChanges) + (int)change]++;

    /// <summary>Pairs of a realm's ports that calls ended without giving back.</summary>
    public long LeakedPorts(int realm) => Volatile.Read(ref _leaks[realm]);

    internal void CountLeaks(int[] byRealm)
    {
        for (var realm = 0; realm < byRealm.Length; realm++)
        {
            _leaks[realm] += byRealm[realm];
        }
    }

    internal void CountDigits(int realm, DigitDirection direction, bool isLost, long count = 1) => _digits[DigitCell(realm, direction, isLost)] += count;

    private static int DigitCell(int realm, DigitDirection direction, bool isLost) => (realm * Digits) + (2 * (int)direction) + (isLost ? 1 : 0);

    internal void Ended(int realm, CallRecord record, TimeSpan? setup, TimeSpan? duration)
    {
        _total[(realm * Outcomes) + (int)record.Outcome]++;
        _ends[(realm * CallCauses.Count) + (int)record.Cause]++;
        if (setup is { } untilAnswer)
        {
            Setup.Observe(untilAnswer.TotalSeconds);
        }

        if (duration is { } talk)
        {
            Duration.Observe(talk.TotalSeconds);
        }
    }

    private readonly long[] _overloads = new long[2];

    /// <summary>Episodes in which new requests were refused.</summary>
    public long Overloads(Overload.OverloadCause cause) => Volatile.Read(ref _overloads[(int)cause]);

    internal void CountOverload(Overload.OverloadCause cause) => _overloads[(int)cause]++;

    internal void Refuse(int realm, RefusalReason reason) => Refused[(realm * (int)RefusalReason.Count) + (int)reason]++;
}

/// <summary>What a digit was converted to; the metric's label.</summary>
public enum DigitDirection : byte
{
    ToRfc4733,
    ToInfo,
    Count,
}

/// <summary>Why a request was refused before it became a call; the metric's label.</summary>
public enum RefusalReason : byte
{
    UnknownSource,
    Draining,
    PeerLimit,
    UnknownDialog,
    Method,
    Extension,
    Scheme,
    TooManyHops,
    Merged,
    BadBody,
    SessionInterval,
    BadEvent,
    OtherUser,
    BadRegister,

    /// <summary>A user of a registrar behind the gateway has as many contacts as are kept of one.</summary>
    TooManyContacts,

    /// <summary>There are as many registrations with registrars behind the gateway as are kept.</summary>
    RegistrationsFull,

    /// <summary>The registrar does not answer pings.</summary>
    RegistrarDown,

    /// <summary>It came to a listener that is configured no more.</summary>
    ListenerClosing,

    /// <summary>Whoever asks has used up what the configuration allows (against toll fraud).</summary>
    AccountLimit,

    /// <summary>The lane has more to do than it can: docs/overload.md.</summary>
    Overload,

    /// <summary>The relay has, so that a new call would harm those that stand.</summary>
    MediaOverload,

    /// <summary>The realm has peers that are known by their certificates, and what the sender has shown is none of theirs.</summary>
    Certificate,

    Count,
}

/// <summary>A histogram of one writer: bounds in seconds, cells that anybody may read.</summary>
public sealed class Histogram(IReadOnlyList<double> bounds)
{
    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>Observations of each bucket alone, one more than bounds.</summary>
    public long[] Buckets { get; } = new long[bounds.Count + 1];
    public double Sum { get; private set; }

    /// <summary>Adds to a reader's buckets and returns the sum.</summary>
    public double AddTo(Span<long> buckets)
    {
        for (var index = 0; index < Buckets.Length; index++)
        {
            buckets[index] += Volatile.Read(ref Buckets[index]);
        }

        return Sum;
    }

    internal void Observe(double seconds)
    {
        var bucket = 0;
        while (bucket < bounds.Count && seconds > bounds[bucket])
        {
            bucket++;
        }

        Buckets[bucket]++;
        Sum += seconds;
    }
}
