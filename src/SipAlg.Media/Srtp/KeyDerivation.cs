using System.Security.Cryptography;
using SipAlg.Linux.Crypto;

namespace SipAlg.Media.Srtp;

/// <summary>Session keys of a master key (RFC 3711 §4.3, with the key's own AES: RFC 6188 §3; RFC 7714 §11), derived once.</summary>
internal sealed unsafe class KeyDerivation : IDisposable
{
    /// <summary>The three of RTP, from the first label on: encryption, authentication, salt.</summary>
    public const byte RtpKey = 0;
    public const byte RtcpKey = 3;

    /// <summary>Where they stand in what is derived.</summary>
    public const int AuthenticationAt = 32;
    public const int SaltAt = AuthenticationAt + HmacSha1.Length;

    /// <summary>Octets of all three, of the longest.</summary>
    public const int Longest = SaltAt + AesCounter.BlockLength;

    private const int LabelAt = 7;
    private const int SaltOctets = 14;

    private readonly AesCounter _cipher;
    private readonly byte[] _salt = GC.AllocateArray<byte>(AesCounter.BlockLength, pinned: true);

    /// <param name="key">16 or 32 octets.</param>
    /// <param name="salt">14 octets, or 12 of GCM with zeros behind them.</param>
    public KeyDerivation(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        _cipher = new AesCounter(key);
        salt.CopyTo(_salt);
    }

    /// <summary>Derives the three keys from a label on, each as long as any suite needs it.</summary>
    public void Derive(byte label, Span<byte> keys)
    {
        Derive(label, keys[..AuthenticationAt], AuthenticationAt);
        Derive((byte)(label + 1), keys.Slice(AuthenticationAt, HmacSha1.Length), HmacSha1.Length);
        Derive((byte)(label + 2), keys.Slice(SaltAt, AesCounter.BlockLength), SaltOctets);
    }

    public void Dispose()
    {
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_salt);
    }

    private void Derive(byte label, Span<byte> key, int length)
    {
        key.Clear();
        var counter = stackalloc byte[AesCounter.BlockLength];
        _salt.CopyTo(new Span<byte>(counter, AesCounter.BlockLength));
        counter[LabelAt] ^= label;
        fixed (byte* octets = key)
        {
            if (!_cipher.TryApply(counter, octets, octets, length))
            {
                throw new CryptographicException("libcrypto could not derive a key.");
            }
        }
    }
}
