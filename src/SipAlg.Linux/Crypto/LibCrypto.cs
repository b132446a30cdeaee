using System.Runtime.InteropServices;

namespace SipAlg.Linux.Crypto;

/// <summary>What is used of OpenSSL 3's libcrypto, which .NET itself needs: EVP_DigestInit(3) and its like, with contexts that are kept.</summary>
internal static unsafe partial class LibCrypto
{
    private const string Name = "libcrypto.so.3";

    /// <returns>0: there is none of this name, or the system's policy forbids it.</returns>
    [LibraryImport(Name, EntryPoint = "EVP_MD_fetch")]
    public static partial nint FetchDigest(nint library, byte* name, byte* properties);

    [LibraryImport(Name, EntryPoint = "EVP_MD_free")]
    public static partial void FreeDigest(nint digest);

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_new")]
    public static partial nint NewContext();

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_copy_ex")]
    public static partial int Copy(nint to, nint from);

    [LibraryImport(Name, EntryPoint = "EVP_DigestInit_ex2")]
    public static partial int Begin(nint context, nint digest, nint parameters);

    [LibraryImport(Name, EntryPoint = "EVP_DigestUpdate")]
    public static partial int Add(nint context, byte* octets, nuint count);

    [LibraryImport(Name, EntryPoint = "EVP_DigestFinal_ex")]
    public static partial int Finish(nint context, byte* hash, uint* length);
}
