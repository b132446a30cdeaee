using SipAlg.Protocol.Srtp;

namespace SipAlg.Calls.Media;

/// <summary>Streams of a lane whose SRTP ends at the gateway, one side each by itself, by realm and suite. The lane writes; any thread reads.</summary>
public sealed class SecuredStreams
{
    private long[] _active = [];
    private long[] _total = [];

    public long Active(int realm, SrtpSuite suite) => At(Volatile.Read(ref _active), realm, suite);

    public long Total(int realm, SrtpSuite suite) => At(Volatile.Read(ref _total), realm, suite);

    internal void Change(int realm, SrtpSuite? before, SrtpSuite? after)
    {
        var last = PlaceOf(realm, (SrtpSuite)(SrtpSuites.Count - 1));
        if (last >= _active.Length)
        {
            Volatile.Write(ref _total, [.. _total, .. new long[last + 1 - _total.Length]]);
            Volatile.Write(ref _active, [.. _active, .. new long[last + 1 - _active.Length]]);
        }

        if (before is { } left)
        {
            _active[PlaceOf(realm, left)]--;
        }

        if (after is { } come)
        {
            _active[PlaceOf(realm, come)]++;
            _total[PlaceOf(realm, come)]++;
        }
    }

    private static int PlaceOf(int realm, SrtpSuite suite) => (realm * SrtpSuites.Count) + (int)suite;

    private static long At(long[] cells, int realm, SrtpSuite suite) => PlaceOf(realm, suite) is var place && place < cells.Length ? Volatile.Read(ref cells[place]) : 0;
}
