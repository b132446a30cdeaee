using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SipAlg.Calls.Authentication;
using SipAlg.Linux.Crypto;

namespace SipAlg.Calls.Tests.Authentication;

/// <summary>libcrypto's hashes, one after another in kept contexts, against the framework's.</summary>
[SuppressMessage("Security", "CA5351", Justification = "What phones use.")]
public sealed class HashTests
{
    public static TheoryData<int> Lengths => [0, 1, 55, 56, 63, 64, 65, 119, 128, 4096];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Digests_are_the_frameworks(int length)
    {
        var octets = RandomNumberGenerator.GetBytes(length);
        var hasher = new ThreadHasher();
        Span<byte> hash = stackalloc byte[32];
        for (var round = 0; round < 2; round++)
        {
            hasher.Hash(isSha256: false, octets, hash);
            Assert.Equal(MD5.HashData(octets), hash[..16]);
            hasher.Hash(isSha256: true, octets, hash);
            Assert.Equal(SHA256.HashData(octets), hash);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Codes_are_the_frameworks(int length)
    {
        var octets = RandomNumberGenerator.GetBytes(length);
        var key = RandomNumberGenerator.GetBytes(Math.Min(length, 64));
        var signer = new HmacSha256(key);
        Span<byte> code = stackalloc byte[HmacSha256.Length];
        for (var round = 0; round < 2; round++)
        {
            signer.Sign(octets, code);
            Assert.Equal(HMACSHA256.HashData(key, octets), code);
        }
    }

    [Fact]
    public void Nothing_is_written_beyond_the_room()
    {
        var md5 = MessageDigest.Md5();
        var signer = new HmacSha256("key"u8);
        Assert.Throws<ArgumentOutOfRangeException>(() => md5.Hash("abc"u8, new byte[15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => signer.Sign("abc"u8, new byte[31]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HmacSha256(new byte[65]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var hasher = new ThreadHasher();
        var signer = new HmacSha256("key"u8);
        var room = new byte[32];
        Work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Work()
        {
            hasher.Hash(isSha256: false, "octets"u8, room);
            hasher.Hash(isSha256: true, "octets"u8, room);
            signer.Sign("octets"u8, room);
        }
    }
}
