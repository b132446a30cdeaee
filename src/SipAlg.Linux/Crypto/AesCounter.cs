using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SipAlg.Linux.Crypto;

/// <summary>
/// AES in counter mode (NIST SP 800-38A §6.5) under one key, in a context of libcrypto that is kept. AES itself encrypts counters that are written here: libcrypto's own
/// counter mode looks up parameters by their names for each first counter, which takes longer than to encrypt a packet. A value that whoever made it disposes of; of one thread at a time.
/// </summary>
/// <param name="key">16 or 32 octets.</param>
/// <exception cref="System.Security.Cryptography.CryptographicException">The system has no such cipher, or forbids it.</exception>
public readonly unsafe struct AesCounter(ReadOnlySpan<byte> key) : IDisposable
{
    public const int BlockLength = 16;

    /// <summary>Octets of key stream that are made at a time: of most packets all.</summary>
    private const int Piece = 32 * BlockLength;

    private readonly nint _context = CipherNames.Begin(key.Length == 32 ? "AES-256-ECB\0"u8 : "AES-128-ECB\0"u8, key);

    /// <summary>Where libcrypto has the key, to be fetched ahead.</summary>
    public void* Address => (void*)_context;

    /// <summary>Adds the key stream to octets; to and from may be the same.</summary>
    /// <param name="counter">That of the first block, <see cref="BlockLength"/> octets.</param>
    /// <returns>False: libcrypto could not.</returns>
    [SkipLocalsInit]
    public bool TryApply(byte* counter, byte* from, byte* to, int length)
    {
        var stream = stackalloc byte[Piece];
        var count = BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(counter, BlockLength));
        for (var done = 0; done < length; done += Piece)
        {
            var octets = Math.Min(length - done, Piece);
            var blocks = (octets + BlockLength - 1) / BlockLength;
            for (var block = 0; block < blocks; block++)
            {
                BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(stream + (block * BlockLength), BlockLength), count++);
            }

            int written;
            if (LibCrypto.EncryptBlocks(_context, stream, &written, stream, blocks * BlockLength) != 1)
            {
                return false;
            }

            Add(stream, from + done, to + done, octets);
        }

        return true;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => LibCrypto.FreeCipherContext(_context);

    private static void Add(byte* stream, byte* from, byte* to, int octets)
    {
        var at = 0;
        for (; at <= octets - BlockLength; at += BlockLength)
        {
            (Vector128.Load(stream + at) ^ Vector128.Load(from + at)).Store(to + at);
        }

        for (; at < octets; at++)
        {
            to[at] = (byte)(stream[at] ^ from[at]);
        }
    }
}
