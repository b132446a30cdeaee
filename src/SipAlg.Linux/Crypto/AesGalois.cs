namespace SipAlg.Linux.Crypto;

/// <summary>AES-GCM (NIST SP 800-38D) under one key, in a context of libcrypto that is kept. A value that whoever made it disposes of; of one thread at a time.</summary>
/// <param name="key">16 or 32 octets.</param>
/// <exception cref="System.Security.Cryptography.CryptographicException">The system has no such cipher, or forbids it.</exception>
public readonly unsafe struct AesGalois(ReadOnlySpan<byte> key) : IDisposable
{
    public const int IvLength = 12;
    public const int TagLength = 16;

    private readonly nint _context = CipherNames.Begin(key.Length == 32 ? "AES-256-GCM\0"u8 : "AES-128-GCM\0"u8, key);

    /// <summary>Where libcrypto has the key, to be fetched ahead.</summary>
    public void* Address => (void*)_context;

    /// <summary>Begins a packet.</summary>
    /// <param name="iv"><see cref="IvLength"/> octets, never the same twice.</param>
    /// <param name="encrypts">Else it is decrypted.</param>
    public bool TryBegin(byte* iv, bool encrypts) => LibCrypto.BeginCipher(_context, 0, 0, null, iv, encrypts ? 1 : 0) == 1;

    /// <summary>Adds octets that are authenticated and stay as they are.</summary>
    public bool TryAdd(byte* octets, int length)
    {
        int written;
        return LibCrypto.Cipher(_context, null, &written, octets, length) == 1;
    }

    /// <summary>Encrypts or decrypts; to and from may be the same.</summary>
    public bool TryApply(byte* from, byte* to, int length)
    {
        int written;
        return length == 0 || LibCrypto.Cipher(_context, to, &written, from, length) == 1;
    }

    /// <summary>Ends a packet that was encrypted.</summary>
    /// <param name="tag">Room for <see cref="TagLength"/> octets.</param>
    public bool TrySeal(byte* tag)
    {
        int written;
        byte none;
        return LibCrypto.FinishCipher(_context, &none, &written) == 1 && LibCrypto.ControlCipher(_context, LibCrypto.GetTag, TagLength, tag) == 1;
    }

    /// <summary>Ends a packet that was decrypted; false if the tag is not its own.</summary>
    /// <param name="tag"><see cref="TagLength"/> octets.</param>
    public bool TryOpen(byte* tag)
    {
        int written;
        byte none;
        return LibCrypto.ControlCipher(_context, LibCrypto.SetTag, TagLength, tag) == 1 && LibCrypto.FinishCipher(_context, &none, &written) == 1;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => LibCrypto.FreeCipherContext(_context);
}
