using System.Collections.Immutable;

namespace SipAlg.Signaling.Tls;

/// <summary>
/// All identities, by number. Read by lanes and handshakes, added to by both: each change is a new value that takes the place of the old.
/// None is ever taken away, since flows hold numbers; how many strangers can bring about is bounded.
/// </summary>
public sealed class TlsIdentities
{
    /// <summary>In numbers from here on we show a certificate of our own to the peer (RFC 5923 §5: what makes an alias trustworthy).</summary>
    private const int Mutual = 0x8000;

    /// <summary>Of hosts in dialogs, and of certificates: whoever brings more of them is not told apart any more.</summary>
    private const int MostOthers = 0x4000;

    private ImmutableDictionary<string, TlsIdentity> _byKey = ImmutableDictionary.Create<string, TlsIdentity>(StringComparer.Ordinal);
    private ImmutableArray<TlsIdentity> _plain = [new(0, [], -1, TlsResult.NoCertificate)];
    private ImmutableArray<TlsIdentity> _mutual = [];

    private readonly Lock _adding = new();

    /// <summary>Whether a number is one of those to whom we show a certificate.</summary>
    public static bool IsMutual(ushort number) => number >= Mutual;

    /// <summary>Number 0, and any that is not known, is nobody.</summary>
    public TlsIdentity this[ushort number]
    {
        get
        {
            var (list, index) = IsMutual(number) ? (_mutual, number - Mutual) : (_plain, number);
            return index < list.Length ? list[index] : _plain[0];
        }
    }

    /// <summary>A peer, to be opened to. Not on a lane.</summary>
    /// <param name="peer">Its index.</param>
    /// <param name="names">Of which its certificate has to have one.</param>
    /// <param name="isMutual">We have a certificate to show to it.</param>
    public TlsIdentity OfPeer(int peer, IEnumerable<string> names, bool isMutual) => Get(isMutual ? "mutual" : "peer", Sorted(names), peer, TlsResult.Done, ushort.MaxValue);

    /// <summary>A host that a URI names, to be opened to. Number 0 when there are too many of them.</summary>
    public TlsIdentity OfHost(string host) => Get("host", [host.ToLowerInvariant()], -1, TlsResult.Done, MostOthers);

    /// <summary>Who a certificate names that was accepted. Number 0 when there are too many of them.</summary>
    public TlsIdentity OfCertificate(IEnumerable<string> names) => Get("certificate", Sorted(names), -1, TlsResult.Done, 2 * MostOthers);

    /// <summary>Whoever has shown a certificate that proves nothing.</summary>
    public TlsIdentity OfFault(TlsResult fault) => Get("fault", [], -1, fault, ushort.MaxValue);

    private static ImmutableArray<string> Sorted(IEnumerable<string> names) => [.. names.Select(name => name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];

    private TlsIdentity Get(string kind, ImmutableArray<string> names, int peer, TlsResult fault, int most)
    {
        var key = $"{kind} {peer} {fault} {string.Join(' ', names)}";
        return Volatile.Read(ref _byKey).GetValueOrDefault(key) ?? Add(key, kind == "mutual", names, peer, fault, most);
    }

    /// <summary>Rare: once for each name, however often it is met. The lock is held for as long as it takes to copy a list.</summary>
    private TlsIdentity Add(string key, bool isMutual, ImmutableArray<string> names, int peer, TlsResult fault, int most)
    {
        lock (_adding)
        {
            if (_byKey.TryGetValue(key, out var known))
            {
                return known;
            }

            var list = isMutual ? _mutual : _plain;
            if (list.Length >= Math.Min(most, Mutual))
            {
                return _plain[0];
            }

            var added = new TlsIdentity((ushort)(list.Length + (isMutual ? Mutual : 0)), names, peer, fault);
            ImmutableInterlocked.InterlockedExchange(ref isMutual ? ref _mutual : ref _plain, list.Add(added));
            Volatile.Write(ref _byKey, _byKey.Add(key, added));
            return added;
        }
    }
}
