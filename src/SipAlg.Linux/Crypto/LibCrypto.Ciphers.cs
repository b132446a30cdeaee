using System.Runtime.InteropServices;

namespace SipAlg.Linux.Crypto;

/// <content>EVP_EncryptInit(3) and EVP_MAC(3), with contexts that keep their keys.</content>
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

    [LibraryImport(Name, EntryPoint = "EVP_CipherFinal_ex")]
    public static partial int FinishCipher(nint context, byte* output, int* written);

    [LibraryImport(Name, EntryPoint = "EVP_MAC_fetch")]
    public static partial nint FetchMac(nint library, byte* name, byte* properties);

    [LibraryImport(Name, EntryPoint = "EVP_MAC_free")]
    public static partial void FreeMac(nint mac);

    [LibraryImport(Name, EntryPoint = "EVP_MAC_CTX_new")]
    public static partial nint NewMacContext(nint mac);

    /// <summary>Wipes the key.</summary>
    [LibraryImport(Name, EntryPoint = "EVP_MAC_CTX_free")]
    public static partial void FreeMacContext(nint context);

    [LibraryImport(Name, EntryPoint = "EVP_MAC_init")]
    public static partial int BeginMac(nint context, byte* key, nuint length, Parameter* parameters);

    [LibraryImport(Name, EntryPoint = "EVP_MAC_update")]
    public static partial int AddToMac(nint context, byte* octets, nuint count);

    [LibraryImport(Name, EntryPoint = "EVP_MAC_final")]
    public static partial int FinishMac(nint context, byte* code, nuint* length, nuint room);

    /// <summary>OSSL_PARAM(3).</summary>
    public struct Parameter
    {
        public const uint Utf8 = 4;

        public byte* Key;
        public uint Type;
        public void* Data;
        public nuint Size;
        public nuint Returned;
    }
}
