using SipAlg.Signaling.Identifiers;

namespace SipAlg.Signaling.Tests.Identifiers;

/// <summary>SipHash-1-3 under the key 00 01 … 0f of the octets 00 01 02 …, as its authors publish for their family of hashes.</summary>
public sealed class KeyedHashTests
{
    private static readonly byte[] Octets = [.. Enumerable.Range(0, 64).Select(n => (byte)n)];

    [Theory]
    [InlineData(0, 0xabac0158050fc4dcUL)]
    [InlineData(1, 0xc9f49bf37d57ca93UL)]
    [InlineData(2, 0x82cb9b024dc7d44dUL)]
    [InlineData(3, 0x8bf80ab8e7ddf7fbUL)]
    [InlineData(4, 0xcf75576088d38328UL)]
    [InlineData(5, 0xdef9d52f49533b67UL)]
    [InlineData(6, 0xc50d2b50c59f22a7UL)]
    [InlineData(7, 0xd3927d989bb11140UL)]
    [InlineData(8, 0x369095118d299a8eUL)]
    [InlineData(9, 0x25a48eb36c063de4UL)]
    [InlineData(15, 0xd320d86d2a519956UL)]
    [InlineData(16, 0xcc4fdd1a7d908b66UL)]
    [InlineData(63, 0x9d199062b7bbb3a8UL)]
    public void Published_vectors(int length, ulong hash) =>
        Assert.Equal(hash, new KeyedHash(0x0706050403020100, 0x0f0e0d0c0b0a0908).Of(Octets.AsSpan(0, length)));

    [Fact]
    public void Another_key_is_another_hash()
    {
        var hashes = new[] { (0UL, 0UL), (1UL, 0UL), (0UL, 1UL), (ulong.MaxValue, 0UL) }.Select(key => new KeyedHash(key.Item1, key.Item2).Of(Octets));
        Assert.Equal(4, hashes.Distinct().Count());
    }
}
