using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Tests.Rtp;

/// <summary>Payloads of telephone events, and the packets of one event from the first to the last.</summary>
public sealed class TelephoneEventTests
{
    /// <summary>The first two begin and end the first digit of RFC 4733 §5's example.</summary>
    [Theory]
    [InlineData("09070190", 9, false, 7, 400)]
    [InlineData("09870640", 9, true, 7, 1600)]
    [InlineData("010A0E10", 1, false, 10, 3600)]
    [InlineData("10BFFFFF", 16, true, 63, 65535)]
    public void Reads_and_writes_a_payload(string hex, byte code, bool isEnd, byte volume, ushort duration)
    {
        Assert.True(TelephoneEvent.TryRead(Convert.FromHexString(hex), out var read));
        Assert.Equal(new TelephoneEvent(code, isEnd, volume, duration), read);
        var written = new byte[TelephoneEvent.Length];
        read.Write(written);
        Assert.Equal(hex, Convert.ToHexString(written));
    }

    [Fact]
    public void The_reserved_bit_is_ignored_and_a_short_payload_is_none()
    {
        Assert.True(TelephoneEvent.TryRead([5, 0x4A, 0, 160], out var read));
        Assert.Equal(new TelephoneEvent(5, false, 10, 160), read);
        Assert.False(TelephoneEvent.TryRead([5, 10, 0], out _));
        Assert.False(TelephoneEvent.TryRead([], out _));
    }

    [Fact]
    public void What_is_written_is_read_again() => Prop.ForAll(
        Arb.From(Gen.Zip(Gen.Choose(0, 255), Gen.Choose(0, 65535))),
        values =>
        {
            var one = new TelephoneEvent((byte)values.Item1, values.Item2 % 2 == 0, (byte)(values.Item2 % 64), (ushort)values.Item2);
            var octets = new byte[TelephoneEventPacket.Length];
            new TelephoneEventPacket(101, true, 65535, uint.MaxValue, 7).Write(one, octets);
            return RtpHeader.TryRead(octets, out var header) && header.TryGetPayload(out var payload) && TelephoneEvent.TryRead(payload, out var read) && read == one &&
                (header.PayloadType, header.Marker, header.SequenceNumber, header.Timestamp, header.Ssrc) == (101, true, 65535, uint.MaxValue, 7u);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Keys_and_codes()
    {
        foreach (var (key, code) in "0123456789*#ABCD".Select((key, code) => ((byte)key, code)))
        {
            Assert.True(DtmfDigit.TryCode(key, out var found));
            Assert.Equal((code, key), (found, new DtmfDigit(found, 100).Key));
        }

        Assert.True(DtmfDigit.TryCode((byte)'d', out var small));
        Assert.Equal(15, small);
        Assert.False(DtmfDigit.TryCode((byte)'E', out _));
        Assert.False(DtmfDigit.TryCode((byte)'!', out _));
    }

    [Fact]
    public void An_event_is_told_as_it_grows_and_its_end_three_times()
    {
        var sender = new TelephoneEventSender(5, 800);
        var told = new List<(bool IsFirst, TelephoneEvent Event)>();
        for (uint elapsed = 160; !sender.IsOver; elapsed += 160)
        {
            told.Add((sender.IsFirst, sender.Next(elapsed)));
        }

        Assert.Equal([160, 320, 480, 640, 800, 800, 800], told.Select(one => (int)one.Event.Duration));
        Assert.Equal([false, false, false, false, true, true, true], told.Select(one => one.Event.IsEnd));
        Assert.Equal(told[0], told.Single(one => one.IsFirst));
        Assert.All(told, one => Assert.Equal((5, 10), (one.Event.Code, one.Event.Volume)));
    }

    [Fact]
    public void A_told_duration_never_shrinks()
    {
        var sender = new TelephoneEventSender(5, 800);
        Assert.Equal(320, sender.Next(320).Duration);
        Assert.Equal(320, sender.Next(160).Duration);
        Assert.Equal(800, sender.Next(uint.MaxValue).Duration);
    }
}
