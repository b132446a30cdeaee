using System.Runtime.InteropServices;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Srtp;

/// <summary>One direction under one key, as libsrtp has it (the library of most phones): encrypts or decrypts packets in their place.</summary>
internal sealed unsafe partial class LibSrtp : IDisposable
{
    private const int Room = 160;
    private const int AnyInbound = 2;
    private const int AnyOutbound = 3;

    private readonly byte* _key = (byte*)NativeMemory.AllocZeroed(64);
    private readonly nint _session;

    static LibSrtp()
    {
        Assert.True(NativeLibrary.TryLoad(Library, out _), $"There is no {Library}: tests/install-peers.sh installs it.");
        _ = srtp_init();
    }

    public LibSrtp(SrtpSuite suite, ReadOnlySpan<byte> master, bool sends)
    {
        master.CopyTo(new Span<byte>(_key, 64));
        var policy = new Policy { SsrcType = sends ? AnyOutbound : AnyInbound, Key = _key, Window = 128 };
        Set(suite, &policy.Rtp, isRtcp: false);
        Set(suite, &policy.Rtcp, isRtcp: true);
        nint session;
        Assert.Equal(0, srtp_create(&session, &policy));
        _session = session;
    }

    public byte[]? Seal(byte[] packet) => Do(packet, &srtp_protect);

    public byte[]? Open(byte[] packet) => Do(packet, &srtp_unprotect);

    public byte[]? SealRtcp(byte[] packet) => Do(packet, &srtp_protect_rtcp);

    public byte[]? OpenRtcp(byte[] packet) => Do(packet, &srtp_unprotect_rtcp);

    public void Dispose()
    {
        _ = srtp_dealloc(_session);
        NativeMemory.Free(_key);
    }

    /// <summary>Null where the library refuses the packet.</summary>
    private byte[]? Do(byte[] packet, delegate*<nint, void*, int*, int> does)
    {
        var buffer = new byte[packet.Length + Room];
        packet.CopyTo(buffer, 0);
        var octets = packet.Length;
        fixed (byte* start = buffer)
        {
            return does(_session, start, &octets) == 0 ? buffer[..octets] : null;
        }
    }

    private static void Set(SrtpSuite suite, CryptoPolicy* policy, bool isRtcp)
    {
        switch (suite)
        {
            case SrtpSuite.AeadAes256Gcm:
                srtp_crypto_policy_set_aes_gcm_256_16_auth(policy);
                break;
            case SrtpSuite.AeadAes128Gcm:
                srtp_crypto_policy_set_aes_gcm_128_16_auth(policy);
                break;
            case SrtpSuite.AesCm256HmacSha1Tag32 when !isRtcp:
                srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(policy);
                break;
            case SrtpSuite.AesCm256HmacSha1Tag80 or SrtpSuite.AesCm256HmacSha1Tag32:
                srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(policy);
                break;
            case SrtpSuite.AesCm128HmacSha1Tag32 when !isRtcp:
                srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(policy);
                break;
            default:
                srtp_crypto_policy_set_rtp_default(policy);
                break;
        }
    }

    private struct CryptoPolicy
    {
        public uint Cipher;
        public int KeyLength;
        public uint Authentication;
        public int AuthenticationKeyLength;
        public int TagLength;
        public int Services;
    }

    private struct Policy
    {
        public int SsrcType;
        public uint Ssrc;
        public CryptoPolicy Rtp;
        public CryptoPolicy Rtcp;
        public byte* Key;
        public void** Keys;
        public nuint KeyCount;
        public void* Ekt;
        public nuint Window;
        public int AllowsRepeats;
        public int* Extensions;
        public int ExtensionCount;
        public void* Next;
    }

#pragma warning disable CA5392, IDE1006, SA1300 // The names are libsrtp's.
    private const string Library = "libsrtp2.so.1";

    [LibraryImport(Library)]
    private static partial int srtp_init();

    [LibraryImport(Library)]
    private static partial int srtp_create(nint* session, Policy* policy);

    [LibraryImport(Library)]
    private static partial int srtp_dealloc(nint session);

    [LibraryImport(Library)]
    private static partial int srtp_protect(nint session, void* packet, int* octets);

    [LibraryImport(Library)]
    private static partial int srtp_unprotect(nint session, void* packet, int* octets);

    [LibraryImport(Library)]
    private static partial int srtp_protect_rtcp(nint session, void* packet, int* octets);

    [LibraryImport(Library)]
    private static partial int srtp_unprotect_rtcp(nint session, void* packet, int* octets);

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_rtp_default(CryptoPolicy* policy);

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(CryptoPolicy* policy);

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(CryptoPolicy* policy);

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(CryptoPolicy* policy);

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_aes_gcm_128_16_auth(CryptoPolicy* policy);

    [LibraryImport(Library)]
    private static partial void srtp_crypto_policy_set_aes_gcm_256_16_auth(CryptoPolicy* policy);
#pragma warning restore CA5392, IDE1006, SA1300
}
