using System.Runtime.InteropServices;

namespace SipAlg.Linux.Crypto;

/// <content>EVP_EncryptInit(3), with contexts that keep their keys, and SHA1(3).</content>
internal static unsafe partial class LibCrypto
{
    public const int SetIvLength = 0x9;
    public const int GetTag = 0x10;
    public const int SetTag = 0x11;

    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_fetch")]
    public static partial nint FetchCipher(nint library, byte* name, byte* properties);

    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_free")]
    public static partial void FreeCipher(nint cipher);

    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_CTX_new")]
    public static partial nint NewCipherContext();

    /// <summary>Wipes the key.</summary>
    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_CTX_free")]
    public static partial void FreeCipherContext(nint context);

    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_CTX_ctrl")]
    public static partial int ControlCipher(nint context, int type, int number, void* pointer);

    [LibraryImport(Name, EntryPoint = "EVP_CipherInit_ex")]
    public static partial int BeginCipher(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypts);

    [LibraryImport(Name, EntryPoint = "EVP_CipherUpdate")]
    public static partial int Cipher(nint context, byte* output, int* written, byte* input, int length);

    /// <summary>For some hundred octets: it does not let the collector in.</summary>
    [LibraryImport(Name, EntryPoint = "EVP_EncryptUpdate")]
    [SuppressGCTransition]
    public static partial int EncryptBlocks(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(Name, EntryPoint = "EVP_CipherFinal_ex")]
    public static partial int FinishCipher(nint context, byte* output, int* written);

    [LibraryImport(Name, EntryPoint = "SHA1_Init")]
    public static partial int BeginSha1(Sha1State* state);

    /// <inheritdoc cref="EncryptBlocks"/>
    [LibraryImport(Name, EntryPoint = "SHA1_Update")]
    [SuppressGCTransition]
    public static partial int AddToSha1(Sha1State* state, byte* octets, nuint count);

    [LibraryImport(Name, EntryPoint = "SHA1_Final")]
    [SuppressGCTransition]
    public static partial int FinishSha1(byte* hash, Sha1State* state);

    /// <summary>SHA_CTX of sha.h: a hash under way.</summary>
    public struct Sha1State
    {
        public fixed uint Hash[5];
        public uint BitsLow;
        public uint BitsHigh;
        public fixed uint Data[16];
        public uint Filled;
    }
}
