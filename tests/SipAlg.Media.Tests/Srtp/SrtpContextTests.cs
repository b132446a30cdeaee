using SipAlg.Media.Srtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Srtp;

/// <summary>Indexes, replays and sources under one key.</summary>
public sealed class SrtpContextTests : IDisposable
{
    private const long Second = 1000;

    private readonly SrtpContext _sender;
    private readonly SrtpContext _receiver;
    private readonly byte[] _master = SrtpKey.Draw(SrtpSuite.AesCm128HmacSha1Tag80).Master.ToArray();

    public SrtpContextTests() => (_sender, _receiver) = (New(), New());

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private SrtpContext New(SrtpSuite suite = SrtpSuite.AesCm128HmacSha1Tag80, int mki = 0) => new(SrtpKey.Of(suite, _master, mki, mki == 0 ? 0ul : 5), Second);

    private static SrtpKey Key(SrtpSuite suite) => SrtpKey.Draw(suite);

    public static TheoryData<SrtpSuite> Suites => [.. Enum.GetValues<SrtpSuite>()];

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_is_sealed_can_be_opened_and_nothing_else(SrtpSuite suite)
    {
        var key = Key(suite);
        using var sender = new SrtpContext(key, Second);
        using var receiver = new SrtpContext(SrtpKey.Of(suite, key.Master.Span), Second);
        for (var payload = 0; payload < 40; payload++)
        {
            var packet = Phone.Rtp(payload, payload: payload);
            Random.Shared.NextBytes(packet.AsSpan(12));
            var sealedPacket = sender.Sealed(packet);
            Assert.Equal(packet.Length + suite.TagLength(), sealedPacket.Length);
            for (var octet = 0; octet < sealedPacket.Length; octet++)
            {
                var changed = (byte[])sealedPacket.Clone();
                changed[octet] ^= 4;
                Assert.NotEqual(SrtpResult.Done, receiver.Open(changed));
            }

            Assert.Equal(SrtpResult.Done, receiver.Open(ref sealedPacket));
            Assert.Equal(packet, sealedPacket);
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Rtcp_too_with_a_tag_of_80_bits_at_least(SrtpSuite suite)
    {
        var key = Key(suite);
        using var sender = new SrtpContext(key, Second);
        using var receiver = new SrtpContext(SrtpKey.Of(suite, key.Master.Span), Second);
        for (var count = 0; count < 3; count++)
        {
            byte[] packet = [.. Phone.Rtcp(), 1, 2, 3, 4];
            Assert.Equal(SrtpResult.Done, sender.SealRtcp(packet, out var sealedPacket));
            Assert.Equal(packet.Length + suite.RtcpTagLength() + 4, sealedPacket.Length);
            var (again, changed) = ((byte[])sealedPacket.Clone(), (byte[])sealedPacket.Clone());
            changed[9] ^= 1;
            Assert.Equal(SrtpResult.NotAuthentic, receiver.OpenRtcp(ref changed));
            Assert.Equal(SrtpResult.Done, receiver.OpenRtcp(ref sealedPacket));
            Assert.Equal(packet, sealedPacket);
            Assert.Equal(SrtpResult.Repeated, receiver.OpenRtcp(ref again));
        }
    }

    [Fact]
    public void Rtcp_that_is_not_encrypted_is_refused()
    {
        Assert.Equal(SrtpResult.Done, _sender.SealRtcp(Phone.Rtcp(), out var packet));
        packet[8] &= 0x7F;
        Assert.Equal(SrtpResult.NotAuthentic, _receiver.OpenRtcp(ref packet));
    }

    [Fact]
    public void What_is_too_short_is_refused()
    {
        for (var octets = 0; octets < 22; octets++)
        {
            var packet = new byte[octets];
            packet.AsSpan(0, Math.Min(octets, 1)).Fill(0x80);
            Assert.Equal(SrtpResult.NotAuthentic, _receiver.Open(packet));
            Assert.Equal(SrtpResult.NotAuthentic, _receiver.OpenRtcp(ref packet));
        }

        var lying = _sender.Sealed(Phone.Rtp(1));
        lying[0] |= 0x1F;
        Assert.Equal(SrtpResult.NotAuthentic, _receiver.Open(lying));
    }

    [Fact]
    public void The_key_is_the_senders_alone()
    {
        using var other = new SrtpContext(Key(SrtpSuite.AesCm128HmacSha1Tag80), Second);
        Assert.Equal(SrtpResult.NotAuthentic, _receiver.Open(other.Sealed(Phone.Rtp(1))));
        Assert.Equal(0, _receiver.Sources);
    }

    [Fact]
    public void A_packet_is_taken_once_and_only_within_the_window()
    {
        var packets = Enumerable.Range(0, 200).Select(number => _sender.Sealed(Phone.Rtp(number))).ToArray();
        Assert.Equal(SrtpResult.Done, _receiver.Open(packets[150]));
        Assert.Equal(SrtpResult.Done, _receiver.Open(packets[30]));
        Assert.Equal(SrtpResult.Done, _receiver.Open(packets[23]));
        Assert.Equal(SrtpResult.Repeated, _receiver.Open(packets[22]));
        Assert.Equal(SrtpResult.Repeated, _receiver.Open(packets[30]));
        Assert.Equal(SrtpResult.Repeated, _receiver.Open(packets[150]));
        Assert.Equal(SrtpResult.Done, _receiver.Open(packets[151]));
    }

    [Fact]
    public void A_forged_packet_moves_no_window()
    {
        var packets = Enumerable.Range(0, 3).Select(number => _sender.Sealed(Phone.Rtp(number))).ToArray();
        Assert.Equal(SrtpResult.Done, _receiver.Open(packets[0]));
        var forged = (byte[])packets[1].Clone();
        forged[2] = 0x70;
        Assert.Equal(SrtpResult.NotAuthentic, _receiver.Open(forged));
        Assert.Equal(SrtpResult.Done, _receiver.Open(packets[1]));
    }

    [Fact]
    public void Numbers_roll_over_for_each_source_by_itself()
    {
        for (var turn = 0; turn < 3; turn++)
        {
            for (var number = 0; number < 65536; number += 1000)
            {
                foreach (var ssrc in new uint[] { 1, 2 })
                {
                    var packet = Phone.Rtp((ssrc == 1 ? number : number + 30000) & 0xFFFF, ssrc);
                    var sealedPacket = _sender.Sealed(packet);
                    Assert.Equal(SrtpResult.Done, _receiver.Open(ref sealedPacket));
                    Assert.Equal(packet, sealedPacket);
                }
            }
        }

        Assert.Equal(2, _receiver.Sources);
    }

    [Fact]
    public void What_is_overtaken_around_a_roll_over_has_the_count_of_its_own_round()
    {
        int[] order = [65533, 65535, 1, 65534, 0, 2];
        var packets = new[] { 65533, 65534, 65535, 0, 1, 2 }.ToDictionary(number => number, number => _sender.Sealed(Phone.Rtp(number)));
        Assert.All(order, number => Assert.Equal(SrtpResult.Done, _receiver.Open(packets[number])));
        Assert.All(order, number => Assert.Equal(SrtpResult.Repeated, _receiver.Open(packets[number])));
    }

    [Fact]
    public void The_relay_seals_what_comes_in_another_order_by_its_own_round()
    {
        using var other = New();
        var expected = new[] { 65533, 65534, 65535, 0, 1, 2 }.ToDictionary(number => number, number => other.Sealed(Phone.Rtp(number)));
        Assert.All(new[] { 65533, 65535, 1, 65534, 0, 2 }, number => Assert.Equal(expected[number], _sender.Sealed(Phone.Rtp(number))));
    }

    [Fact]
    public void Who_is_heard_only_after_its_first_roll_over_is_heard()
    {
        _sender.Sealed(Phone.Rtp(65530));
        Assert.Equal(SrtpResult.Done, _receiver.Open(_sender.Sealed(Phone.Rtp(3))));
        Assert.Equal(SrtpResult.Done, _receiver.Open(_sender.Sealed(Phone.Rtp(4))));
    }

    [Fact]
    public void Who_was_sent_elsewhere_for_half_a_round_is_heard_again()
    {
        Assert.Equal(SrtpResult.Done, _receiver.Open(_sender.Sealed(Phone.Rtp(1000)), now: 0));
        for (var number = 2000; number < 65536; number += 1000)
        {
            _sender.Sealed(Phone.Rtp(number));
        }

        var late = _sender.Sealed(Phone.Rtp(500));
        Assert.NotEqual(SrtpResult.Done, _receiver.Open(late, now: Second));
        Assert.Equal(SrtpResult.Done, _receiver.Open(late, now: 3 * Second));
        Assert.Equal(SrtpResult.Done, _receiver.Open(_sender.Sealed(Phone.Rtp(501)), now: 3 * Second));
    }

    /// <summary>RFC 3711 does not say that the count begins anew with a new key; nearly everybody does.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_new_key_the_count_may_go_on_or_begin_anew(bool goesOn)
    {
        for (var number = 0; number < 150_000; number += 10_000)
        {
            Assert.Equal(SrtpResult.Done, _receiver.Open(_sender.Sealed(Phone.Rtp(number & 0xFFFF))));
        }

        var next = Key(SrtpSuite.AeadAes128Gcm);
        using var far = new SrtpContext(next, Second);
        using var receiver = new SrtpContext(next, Second);
        receiver.Follow(_receiver);
        var packet = Phone.Rtp(20_000);
        Assert.Equal(SrtpResult.Done, receiver.Open(Sealed(far, packet, RtpIndex.Of(goesOn ? 2u : 0, 20_000))));
        Assert.Equal(SrtpResult.Done, receiver.Open(Sealed(far, Phone.Rtp(20_001), RtpIndex.Of(goesOn ? 2u : 0, 20_001))));
    }

    private static unsafe byte[] Sealed(SrtpContext context, byte[] packet, ulong index)
    {
        var written = new byte[packet.Length + context.State->TagLength];
        fixed (byte* from = packet, to = written)
        {
            Assert.True(context.State->TrySeal(from, 12, packet.Length, 7, index, to));
        }

        return written;
    }

    /// <summary>RFC 3711 §9.1: two packets of one key stream show what they differ in.</summary>
    [Fact]
    public void No_key_stream_is_used_twice()
    {
        _sender.Sealed(Phone.Rtp(100));
        Assert.Equal(SrtpResult.Repeated, _sender.Seal(Phone.Rtp(100), out _));
        _sender.Sealed(Phone.Rtp(99));
        _sender.Sealed(Phone.Rtp(5000));
        Assert.Equal(SrtpResult.Repeated, _sender.Seal(Phone.Rtp(101), out _));
    }

    [Fact]
    public void There_is_an_end_to_sources()
    {
        for (var ssrc = 0u; ssrc < SrtpSources.Most; ssrc++)
        {
            Assert.Equal(SrtpResult.Done, _receiver.Open(_sender.Sealed(Phone.Rtp(1, ssrc))));
        }

        Assert.Equal(SrtpResult.Repeated, _sender.Seal(Phone.Rtp(1, 5000), out _));
        using var other = New();
        Assert.Equal(SrtpResult.Repeated, _receiver.Open(other.Sealed(Phone.Rtp(1, 5000))));
        Assert.Equal(SrtpResult.Done, _receiver.Open(_sender.Sealed(Phone.Rtp(2, 17))));
    }

    [Theory]
    [InlineData(SrtpSuite.AesCm128HmacSha1Tag80)]
    [InlineData(SrtpSuite.AeadAes128Gcm)]
    public void Packets_that_name_their_key_have_to_name_this_one(SrtpSuite suite)
    {
        using var sender = New(suite);
        using var receiver = New(suite, mki: 4);
        byte[] Named(byte[] packet, int tag, byte name) => suite.IsGcm() ? [.. packet, 0, 0, 0, name] : [.. packet[..^tag], 0, 0, 0, name, .. packet[^tag..]];
        var packet = sender.Sealed(Phone.Rtp(1));
        Assert.Equal(SrtpResult.NotAuthentic, receiver.Open(Named(packet, 10, 4)));
        Assert.Equal(SrtpResult.NotAuthentic, receiver.Open(packet));
        var named = Named(packet, 10, 5);
        Assert.Equal(SrtpResult.Done, receiver.Open(ref named));
        Assert.Equal(Phone.Rtp(1), named);

        sender.SealRtcp(Phone.Rtcp(), out var rtcp);
        var namedRtcp = Named(rtcp, 10, 5);
        Assert.Equal(SrtpResult.Done, receiver.OpenRtcp(ref namedRtcp));
        Assert.Equal(Phone.Rtcp(), namedRtcp);
    }

    [Fact]
    public unsafe void A_packet_allocates_nothing()
    {
        var (packet, sealedPacket, scratch) = (Phone.Rtp(0), new byte[256], new byte[256]);
        var before = 0L;
        fixed (byte* from = packet, to = sealedPacket, room = scratch)
        {
            for (var number = 0; number < 2000; number++)
            {
                before = number == 1000 ? GC.GetAllocatedBytesForCurrentThread() : before;
                (packet[2], packet[3]) = ((byte)(number >> 8), (byte)number);
                var octets = packet.Length;
                Assert.True(_sender.Seal(from, ref octets, to) == SrtpResult.Done && _receiver.Open(to, ref octets, room, 0) == SrtpResult.Done);
            }
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
