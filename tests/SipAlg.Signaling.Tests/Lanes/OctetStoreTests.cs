using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Tests.Lanes;

public sealed class OctetStoreTests
{
    [Fact]
    public void What_is_kept_is_a_copy_and_counted()
    {
        var store = new OctetStore();
        var octets = "INVITE"u8.ToArray();
        var kept = store.Keep(octets);
        octets.AsSpan().Clear();
        var other = store.Keep("BYE"u8);
        Assert.Equal("INVITE"u8.ToArray(), kept.Span.ToArray());
        Assert.Equal((2, 9L), (store.Count, store.Octets));

        store.Drop(ref kept);
        Assert.True(kept.IsEmpty && kept.Span.IsEmpty);
        Assert.Equal("BYE"u8.ToArray(), other.Span.ToArray());
        store.Drop(ref other);
        Assert.Equal((0, 0L), (store.Count, store.Octets));
    }

    [Fact]
    public void Nothing_is_nothing()
    {
        var store = new OctetStore();
        var kept = store.Keep([]);
        Assert.True(kept.IsEmpty);
        store.Drop(ref kept);
        store.Drop(ref kept);
        Assert.Equal(0, store.Count);
    }
}
