using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Gate;

/// <summary>
/// Sources that somebody stands behind: a phone that has proven who it is, the far side of a call. They are known for as long as their binding
/// lasts, or for a time after their last word in a call. One table of fixed size for the whole process, which lanes and accepting threads read
/// and write at once without a lock: each place is one number that is exchanged. When the places of a key are taken, who would be forgotten
/// first is forgotten now. IPv6 is known by /64.
/// </summary>
public sealed class KnownSources(SourceHash hash, int sets = KnownSources.UsualSets)
{
    /// <summary>With <see cref="Ways"/> places each: 262,144 sources, 2 MB, of which only what is used is ever touched.</summary>
    private const int UsualSets = 1 << 15;
    private const int Ways = 8;

    /// <summary>Of a place the upper bits name the source, the lower ones hold the second until which it is known.</summary>
    private const int UntilBits = 28;
    private const ulong UntilMask = (1UL << UntilBits) - 1;

    private readonly ulong[] _places = new ulong[sets * Ways];

    /// <summary>Told of each source that was not known, on the thread that has come to know it; null: nobody.</summary>
    public Action<IpAddress, TimeSpan>? Added { get; set; }

    /// <summary>A source is known from now on.</summary>
    /// <param name="source">By more than a datagram that says so: it has answered.</param>
    /// <param name="now">Milliseconds since about the start.</param>
    /// <param name="milliseconds">How long.</param>
    public void Add(in IpAddress source, long now, long milliseconds)
    {
        var key = hash.OfHousehold(source);
        var until = (ulong)Math.Min((now + milliseconds) / 1000 + 1, (long)UntilMask);
        ref var place = ref PlaceOf(key, (ulong)(now / 1000), out var seen);
        var isNew = (seen & ~UntilMask) != (key & ~UntilMask) || Until(seen) * 1000 <= (ulong)now;
        if (!isNew && Until(seen) + (ulong)(milliseconds / 4000) >= until)
        {
            // Known long enough: a phone that speaks often costs no more than this look.
            return;
        }

        // Whoever wrote meanwhile has as good a reason; a source that is lost so is added with its next word.
        Interlocked.CompareExchange(ref place, (key & ~UntilMask) | until, seen);
        Added?.Invoke(source, TimeSpan.FromMilliseconds(milliseconds));
    }

    public bool Has(in IpAddress source, long now) => Has(hash.OfHousehold(source), now);

    /// <param name="key">Of <see cref="SourceHash.OfHousehold"/>.</param>
    internal bool Has(ulong key, long now)
    {
        foreach (ref var place in SetOf(key))
        {
            var seen = Volatile.Read(ref place);
            if ((seen & ~UntilMask) == (key & ~UntilMask))
            {
                return Until(seen) * 1000 > (ulong)now;
            }
        }

        return false;
    }

    /// <summary>The key's own place, or that of who is forgotten first.</summary>
    private ref ulong PlaceOf(ulong key, ulong second, out ulong seen)
    {
        var set = SetOf(key);
        ref var oldest = ref set[0];
        seen = Volatile.Read(ref oldest);
        foreach (ref var place in set)
        {
            var there = Volatile.Read(ref place);
            if ((there & ~UntilMask) == (key & ~UntilMask))
            {
                seen = there;
                return ref place;
            }

            if (Math.Max(Until(there), second) < Math.Max(Until(seen), second) || there == 0)
            {
                oldest = ref place;
                seen = there;
            }
        }

        return ref oldest;
    }

    private static ulong Until(ulong place) => place & UntilMask;

    private Span<ulong> SetOf(ulong key) => _places.AsSpan((int)(key & ((ulong)sets - 1)) * Ways, Ways);
}
