using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SipAlg.Signaling.Identifiers;

/// <summary>Fills a batch with random octets.</summary>
public delegate void SecretFill(Span<byte> batch);

/// <summary>Random 64-bit numbers that nobody guesses, drawn from the system's generator in batches; lane-owned.</summary>
/// <param name="fill">Draws instead of the system's generator, where a test has to be repeatable.</param>
public sealed class SecretSource(SecretFill? fill = null)
{
    private readonly SecretFill _fill = fill ?? RandomNumberGenerator.Fill;
    private readonly ulong[] _batch = new ulong[512];
    private int _left;

    public ulong Next()
    {
        if (_left == 0)
        {
            _fill(MemoryMarshal.AsBytes(_batch.AsSpan()));
            _left = _batch.Length;
        }

        return _batch[--_left];
    }
}
