using System.Security.Cryptography;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Srtp;

/// <summary>
/// One direction's master key. This room encrypts and decrypts what crosses the relay (RFC 3711, RFC 6188, RFC 7714): keys belong to lanes, what is
/// derived of them to the relay thread of the call. A key is wiped, and what was derived too, when its last user has left it: its lane, and each port that
/// it was ordered for.
/// </summary>
public sealed class SrtpKey
{
    /// <summary>Never moved, so that no copy of it is left behind.</summary>
    private readonly byte[] _master;
    private SrtpContext? _context;
    private int _uses = 1;

    private SrtpKey(SrtpSuite suite, int mkiLength, ulong mki)
    {
        (Suite, MkiLength, Mki) = (suite, mkiLength, mki);
        _master = GC.AllocateUninitializedArray<byte>(suite.MasterLength(), pinned: true);
    }

    /// <summary>A key that nobody keeps track of any more is wiped all the same.</summary>
    ~SrtpKey() => CryptographicOperations.ZeroMemory(_master);

    public SrtpSuite Suite { get; }

    /// <summary>Octets of its name in each packet; 0: packets have none.</summary>
    public int MkiLength { get; }
    public ulong Mki { get; }

    /// <summary>Key and salt.</summary>
    public ReadOnlyMemory<byte> Master => _master;

    /// <summary>A key of our own, which packets do not name.</summary>
    public static SrtpKey Draw(SrtpSuite suite)
    {
        var key = new SrtpKey(suite, 0, 0);
        RandomNumberGenerator.Fill(key._master);
        return key;
    }

    /// <summary>A key of the far side's.</summary>
    public static SrtpKey Of(SrtpSuite suite, ReadOnlySpan<byte> master, int mkiLength = 0, ulong mki = 0)
    {
        var key = new SrtpKey(suite, mkiLength, mki);
        master[..key._master.Length].CopyTo(key._master);
        return key;
    }

    public bool Is(SrtpSuite suite, ReadOnlySpan<byte> master, int mkiLength, ulong mki) =>
        suite == Suite && mkiLength == MkiLength && mki == Mki && CryptographicOperations.FixedTimeEquals(master[.._master.Length], _master);

    /// <summary>Whoever has it needs it no more; not afterwards.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            _context?.Dispose();
            CryptographicOperations.ZeroMemory(_master);
        }
    }

    /// <summary>One user more; false if it was wiped.</summary>
    internal bool TryUse()
    {
        for (var uses = Volatile.Read(ref _uses); uses > 0;)
        {
            var before = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (before == uses)
            {
                return true;
            }

            uses = before;
        }

        return false;
    }

    /// <summary>The relay thread's: what is derived of it, and how far its streams are. It stays while ports change.</summary>
    /// <exception cref="CryptographicException">The system forbids the suite.</exception>
    internal SrtpContext ContextFor(long second) => _context ??= new SrtpContext(this, second);

    internal SrtpContext? Context => _context;
}
