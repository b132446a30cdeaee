using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SipAlg.Protocol.Digest;

/// <summary>Computes the hashes that digest authentication is made of; the framework's, unless who checks many brings its own.</summary>
public abstract class DigestHasher
{
    /// <summary>For any thread.</summary>
    public static DigestHasher Framework { get; } = new FrameworkHasher();

    /// <param name="isSha256">Else MD5.</param>
    /// <param name="hash">32 octets, or 16.</param>
    public abstract void Hash(bool isSha256, ReadOnlySpan<byte> octets, Span<byte> hash);

    private sealed class FrameworkHasher : DigestHasher
    {
        [SuppressMessage("Security", "CA5351", Justification = "MD5 is what most phones know; a realm offers what its configuration says.")]
        public override void Hash(bool isSha256, ReadOnlySpan<byte> octets, Span<byte> hash) =>
            _ = isSha256 ? SHA256.HashData(octets, hash) : MD5.HashData(octets, hash);
    }
}
