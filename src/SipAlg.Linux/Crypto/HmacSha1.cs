using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace SipAlg.Linux.Crypto;

/// <summary>
/// HMAC-SHA-1 (RFC 2104) under one key, whose pads are hashed once. By libcrypto's SHA-1 itself: its EVP_MAC keeps a key in ten pieces of memory and copies two of them a message,
/// which costs more than the hash where little of it is in the processor's cache. A value to be kept where nothing is moved, so that no copy of it is left behind.
/// </summary>
public unsafe struct HmacSha1
{
    public const int Length = 20;
    private const int Block = 64;
    private const int Words = Length / sizeof(uint);

    /// <summary>What is hashed without a look at what the collector wants: a microsecond.</summary>
    private const int Piece = 1024;

    /// <summary>What SHA-1 has come to behind the inner pad, and behind the outer one.</summary>
    private fixed uint _pads[2 * Words];

    /// <summary>Takes a key, where this is to stay.</summary>
    /// <param name="key">At most 64 octets.</param>
    /// <exception cref="CryptographicException">libcrypto cannot hash.</exception>
    public void Begin(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Block);
        fixed (uint* pads = _pads)
        {
            if (!TryHashPad(key, 0x36, pads) || !TryHashPad(key, 0x5C, pads + Words))
            {
                throw new CryptographicException("libcrypto cannot hash by SHA-1.");
            }
        }
    }

    /// <summary>Signs octets.</summary>
    /// <param name="octets">What is signed.</param>
    /// <param name="more">And behind it.</param>
    /// <param name="code">Room for <see cref="Length"/> octets.</param>
    /// <returns>False: libcrypto could not.</returns>
    [SkipLocalsInit]
    public bool TrySign(byte* octets, int length, byte* more, int moreLength, byte* code)
    {
        LibCrypto.Sha1State state;
        fixed (uint* pads = _pads)
        {
            Begin(&state, pads);
            if (!TryAdd(&state, octets, length) || !TryAdd(&state, more, moreLength) || LibCrypto.FinishSha1(code, &state) != 1)
            {
                return false;
            }

            Begin(&state, pads + Words);
            return TryAdd(&state, code, Length) && LibCrypto.FinishSha1(code, &state) == 1;
        }
    }

    private static bool TryAdd(LibCrypto.Sha1State* state, byte* octets, int length)
    {
        for (var done = 0; done < length; done += Piece)
        {
            if (LibCrypto.AddToSha1(state, octets + done, (nuint)Math.Min(length - done, Piece)) != 1)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>As SHA-1 stands behind one block.</summary>
    private static void Begin(LibCrypto.Sha1State* state, uint* words)
    {
        for (var word = 0; word < Words; word++)
        {
            state->Hash[word] = words[word];
        }

        (state->BitsLow, state->BitsHigh, state->Filled) = (Block * 8, 0, 0);
    }

    private static bool TryHashPad(ReadOnlySpan<byte> key, byte mask, uint* words)
    {
        var pad = stackalloc byte[Block];
        for (var at = 0; at < Block; at++)
        {
            pad[at] = (byte)((at < key.Length ? key[at] : 0) ^ mask);
        }

        LibCrypto.Sha1State state = default;
        var isHashed = LibCrypto.BeginSha1(&state) == 1 && LibCrypto.AddToSha1(&state, pad, Block) == 1;
        new ReadOnlySpan<uint>(state.Hash, Words).CopyTo(new Span<uint>(words, Words));
        CryptographicOperations.ZeroMemory(new Span<byte>(pad, Block));
        CryptographicOperations.ZeroMemory(new Span<byte>(&state, sizeof(LibCrypto.Sha1State)));
        return isHashed;
    }
}
