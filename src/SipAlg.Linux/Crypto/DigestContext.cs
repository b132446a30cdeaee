using System.Runtime.ConstrainedExecution;
using System.Security.Cryptography;

namespace SipAlg.Linux.Crypto;

/// <summary>A hash under way. Lives as long as its owner, and is freed by the collector.</summary>
internal sealed unsafe class DigestContext : CriticalFinalizerObject
{
    private readonly nint _context = LibCrypto.NewContext();

    private DigestContext()
    {
    }

    ~DigestContext() => LibCrypto.FreeContext(_context);

    /// <param name="name">As OpenSSL calls it: <c>MD5</c>, <c>SHA256</c>.</param>
    /// <exception cref="CryptographicException">The system has no such hash, or forbids it.</exception>
    public static DigestContext Of(ReadOnlySpan<byte> name)
    {
        var context = new DigestContext();
        fixed (byte* terminated = new byte[name.Length + 1])
        {
            name.CopyTo(new Span<byte>(terminated, name.Length));
            var digest = LibCrypto.FetchDigest(0, terminated, null);
            var isBegun = digest != 0 && LibCrypto.Begin(context._context, digest, 0) == 1;

            // The context holds a reference of its own.
            LibCrypto.FreeDigest(digest);
            return isBegun ? context : throw new CryptographicException("libcrypto has no hash of this name, or the system's policy forbids it.");
        }
    }

    /// <summary>Begins anew with the same hash.</summary>
    public void Begin() => Check(LibCrypto.Begin(_context, 0, 0));

    /// <summary>Goes on where another of the same hash stands, which stays as it is.</summary>
    public void Begin(DigestContext from)
    {
        Check(LibCrypto.Copy(_context, from._context));
        GC.KeepAlive(from);
    }

    public void Add(ReadOnlySpan<byte> octets)
    {
        fixed (byte* start = octets)
        {
            Check(LibCrypto.Add(_context, start, (nuint)octets.Length));
        }
    }

    /// <param name="hash">As long as the hash is, at least.</param>
    public void Finish(Span<byte> hash)
    {
        fixed (byte* start = hash)
        {
            Check(LibCrypto.Finish(_context, start, null));
        }
    }

    private void Check(int result)
    {
        GC.KeepAlive(this);
        if (result != 1)
        {
            throw new CryptographicException("libcrypto could not hash.");
        }
    }
}
