using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SipAlg.Linux.Crypto;

/// <summary>
/// HMAC-SHA-1 (RFC 2104) under one key, whose pads are hashed once. By libcrypto's SHA-1 itself: its EVP_MAC keeps a key in ten pieces of memory and copies two of them a message,
/// which costs more than the hash where little of it is in the processor's cache. Of one thread at a time.
/// </summary>
public sealed unsafe class HmacSha1 : CriticalFinalizerObject, IDisposable
{
    public const int Length = 20;
    private const int Block = 64;
    private const int Words = Length / sizeof(uint);

    /// <summary>What SHA-1 has come to behind the inner pad, and behind the outer one; never moved, so that no copy is left behind.</summary>
    private uint* _pads = (uint*)NativeMemory.AlignedAlloc(Block, Block);

    /// <param name="key">At most 64 octets.</param>
    /// <exception cref="CryptographicException">libcrypto cannot hash.</exception>
    public HmacSha1(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Block);
        if (!TryHashPad(key, 0x36, _pads) || !TryHashPad(key, 0x5C, _pads + Words))
        {
            throw new CryptographicException("libcrypto cannot hash by SHA-1.");
        }
    }

    ~HmacSha1() => Free();

    /// <param name="octets">What is signed.</param>
    /// <param name="more">And behind it.</param>
    /// <param name="code">Room for <see cref="Length"/> octets.</param>
    /// <returns>False: libcrypto could not.</returns>
    public bool TrySign(byte* octets, int length, byte* more, int moreLength, byte* code)
    {
        LibCrypto.Sha1State state;
        Begin(&state, _pads);
        if (LibCrypto.AddToSha1(&state, octets, (nuint)length) != 1 || (moreLength != 0 && LibCrypto.AddToSha1(&state, more, (nuint)moreLength) != 1) ||
            LibCrypto.FinishSha1(code, &state) != 1)
        {
            return false;
        }

        Begin(&state, _pads + Words);
        return LibCrypto.AddToSha1(&state, code, Length) == 1 && LibCrypto.FinishSha1(code, &state) == 1;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
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

    private void Free()
    {
        if (_pads != null)
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(_pads, Block));
            NativeMemory.AlignedFree(_pads);
            _pads = null;
        }
    }
}
