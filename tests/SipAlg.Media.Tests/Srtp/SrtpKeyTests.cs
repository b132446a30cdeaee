using SipAlg.Media.Srtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Srtp;

/// <summary>How long keys live.</summary>
public sealed unsafe class SrtpKeyTests
{
    private static bool IsWiped(SrtpKey key) => key.Master.Span.IndexOfAnyExcept((byte)0) < 0;

    [Fact]
    public void Keys_are_drawn_each_anew()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(SrtpKey.Draw(SrtpSuite.AeadAes256Gcm).Master.Span)).ToHashSet();
        Assert.Equal(100, keys.Count);
        Assert.All(keys, key => Assert.Equal(2 * 44, key.Length));
    }

    [Fact]
    public void A_key_is_wiped_when_nobody_has_it_any_more_and_not_before()
    {
        var key = SrtpKey.Draw(SrtpSuite.AesCm128HmacSha1Tag80);
        Assert.True(key.TryUse());
        key.Release();
        Assert.False(IsWiped(key));
        key.Release();
        Assert.True(IsWiped(key));
        Assert.False(key.TryUse());
    }

    [Fact]
    public void A_pair_of_ports_leaves_the_keys_that_it_does_not_need()
    {
        var (pair, first, second) = (new SecurePair(), SrtpKey.Draw(SrtpSuite.AeadAes128Gcm), SrtpKey.Draw(SrtpSuite.AeadAes128Gcm));
        var keys = default(PairKeys);
        pair.Order(new MediaKeys(first, first));
        pair.TakeOver(1, ref keys);
        Assert.True(keys.Receives == keys.Sends && keys.Sends != null);
        pair.Order(new MediaKeys(null, second));
        first.Release();
        Assert.False(IsWiped(first));
        pair.TakeOver(1, ref keys);
        Assert.True(keys.Receives == null && keys.Sends != null);
        Assert.True(IsWiped(first));
        pair.Order(null);
        second.Release();
        Assert.False(IsWiped(second));
        pair.End(ref keys);
        Assert.True(keys.Sends == null && keys.SendingCipher == null);
        Assert.True(IsWiped(second));
    }

    [Fact]
    public void Keys_that_were_wiped_encrypt_nothing()
    {
        var (pair, key) = (new SecurePair(), SrtpKey.Draw(SrtpSuite.AeadAes128Gcm));
        var keys = new MediaKeys(SrtpKey.Draw(SrtpSuite.AeadAes128Gcm), key);
        key.Release();
        pair.Order(keys);
        var taken = default(PairKeys);
        pair.TakeOver(1, ref taken);
        Assert.True(taken.Receives == null && taken.Sends == null);
        Assert.False(IsWiped(keys.Receive!));
        keys.Receive!.Release();
        Assert.True(IsWiped(keys.Receive));
    }
}
