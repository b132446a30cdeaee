using SipAlg.Linux.Crypto;
using SipAlg.Protocol.Digest;

namespace SipAlg.Calls.Authentication;

/// <summary>The hashes of one thread at a time, in contexts that live as long as this. A system that forbids MD5 does so when it is first asked for.</summary>
public sealed class ThreadHasher : DigestHasher
{
    private MessageDigest? _md5;
    private MessageDigest? _sha256;

    public override void Hash(bool isSha256, ReadOnlySpan<byte> octets, Span<byte> hash)
    {
        var digest = isSha256 ? _sha256 ??= MessageDigest.Sha256() : _md5 ??= MessageDigest.Md5();
        digest.Hash(octets, hash);
    }
}
