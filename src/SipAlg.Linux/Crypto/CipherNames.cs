using System.Security.Cryptography;

namespace SipAlg.Linux.Crypto;

/// <summary>Ciphers by the names that OpenSSL has for them.</summary>
internal static unsafe class CipherNames
{
    /// <returns>A context with the key.</returns>
    /// <exception cref="CryptographicException">The system has no such cipher, or forbids it.</exception>
    public static nint Begin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> key)
    {
        var context = LibCrypto.NewCipherContext();
        fixed (byte* known = name, octets = key)
        {
            var cipher = LibCrypto.FetchCipher(0, known, null);
            var isBegun = cipher != 0 && LibCrypto.BeginCipher(context, cipher, 0, octets, null, 1) == 1;

            // The context holds a reference of its own.
            LibCrypto.FreeCipher(cipher);
            if (!isBegun)
            {
                LibCrypto.FreeCipherContext(context);
                throw new CryptographicException("libcrypto has no cipher of this name, or the system's policy forbids it.");
            }
        }

        return context;
    }
}
