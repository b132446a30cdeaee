using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SipAlg.Signaling.Identifiers;

/// <summary>Random 64-bit numbers that nobody guesses, drawn from the system's generator in batches; lane-owned.</summary>
public sealed class SecretSource
{
    private readonly ulong[] _batch = new ulong[512];
    private int _left;

    public ulong Next()
    {
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_batch.AsSpan()));
            _left = _batch.Length;
        }

        return _batch[--_left];
    }
}
