using System.Runtime.ConstrainedExecution;
using System.Security.Cryptography;

namespace SipAlg.Linux.Crypto;

/// <summary>HMAC-SHA-1 (RFC 2104) under one key, in a context that is kept. Of one thread at a time.</summary>
public sealed unsafe class HmacSha1 : CriticalFinalizerObject, IDisposable
{
    public const int Length = 20;

    private nint _context;

    /// <exception cref="CryptographicException">The system has no such hash, or forbids it.</exception>
    public HmacSha1(ReadOnlySpan<byte> key)
    {
        fixed (byte* octets = key, name = "HMAC\0"u8, digest = "digest\0"u8, sha = "SHA1\0"u8)
        {
            var mac = LibCrypto.FetchMac(0, name, null);
            _context = mac == 0 ? 0 : LibCrypto.NewMacContext(mac);
            LibCrypto.FreeMac(mac);
            var parameters = stackalloc LibCrypto.Parameter[2];
            parameters[0] = new LibCrypto.Parameter { Key = digest, Type = LibCrypto.Parameter.Utf8, Data = sha, Size = 4 };
            parameters[1] = default;
            if (_context == 0 || LibCrypto.BeginMac(_context, octets, (nuint)key.Length, parameters) != 1)
            {
                throw new CryptographicException("libcrypto has no HMAC-SHA-1, or the system's policy forbids it.");
            }
        }
    }

    ~HmacSha1() => Free();

    /// <param name="octets">What is signed.</param>
    /// <param name="more">And behind it.</param>
    /// <param name="code">Room for <see cref="Length"/> octets.</param>
    /// <returns>False: libcrypto could not.</returns>
    public bool TrySign(byte* octets, int length, byte* more, int moreLength, byte* code)
    {
        nuint written;
        return LibCrypto.BeginMac(_context, null, 0, null) == 1 && LibCrypto.AddToMac(_context, octets, (nuint)length) == 1 &&
            (moreLength == 0 || LibCrypto.AddToMac(_context, more, (nuint)moreLength) == 1) && LibCrypto.FinishMac(_context, code, &written, Length) == 1;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        LibCrypto.FreeMacContext(_context);
        _context = 0;
    }
}
