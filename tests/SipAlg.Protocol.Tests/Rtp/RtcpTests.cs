using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Tests.Rtp;

public sealed class RtcpTests
{
    private const string SenderReport =
        "81C8000C" + "0000000A" + "E1000000" + "80000000" + "00000010" + "00000020" + "00000030" +
        "0000000B" + "40FFFFFE" + "00010002" + "00000003" + "00000004" + "00000005";

    private const string EmptyReceiverReport = "80C90001" + "0000000A";
    private const string Description = "81CA0003" + "0000000A" + "0103616263000000";
    private const string Goodbye = "81CB0001" + "0000000A";

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    [Fact]
    public void Reads_a_compound()
    {
        Assert.True(RtcpCompound.TryRead(Bytes(SenderReport + Description + Goodbye), out var packets));
        var types = new List<RtcpType>();
        foreach (var packet in packets)
        {
            types.Add(packet.Type);
            Assert.True(packet.TryGetSsrc(out var ssrc));
            Assert.Equal(10u, ssrc);
            Assert.Equal(1, packet.Count);
            Assert.Equal(packet.Type == RtcpType.SenderReport, packet.TryGetSenderInfo(out _));
            Assert.Equal(packet.Type == RtcpType.SenderReport, packet.TryGetReport(0, out _));
        }

        Assert.Equal([RtcpType.SenderReport, RtcpType.SourceDescription, RtcpType.Goodbye], types);
    }

    [Fact]
    public void Reads_reports()
    {
        Assert.True(RtcpCompound.TryRead(Bytes(SenderReport), out var packets));
        Assert.True(packets.MoveNext());
        Assert.True(packets.Current.TryGetSenderInfo(out var info));
        Assert.Equal(new RtcpSenderInfo(0xE100000080000000, 16, 32, 48), info);
        Assert.True(packets.Current.TryGetReport(0, out var report));
        Assert.Equal(new RtcpReport(11, 0x40, -2, 0x10002, 3, 4, 5), report);
        Assert.False(packets.Current.TryGetReport(1, out _));
        Assert.False(packets.Current.TryGetReport(-1, out _));
        Assert.False(packets.MoveNext());
    }

    [Fact]
    public void A_receiver_report_begins_with_its_blocks()
    {
        Assert.True(RtcpCompound.TryRead(Bytes("81C90007" + "0000000A" + SenderReport[56..]), out var packets));
        Assert.True(packets.MoveNext());
        Assert.True(packets.Current.TryGetReport(0, out var report));
        Assert.Equal(11u, report.Ssrc);
    }

    [Fact]
    public void A_count_that_lies_is_no_report()
    {
        Assert.True(RtcpCompound.TryRead(Bytes("9F" + SenderReport[2..]), out var packets));
        Assert.True(packets.MoveNext());
        Assert.True(packets.Current.TryGetReport(0, out _));
        Assert.False(packets.Current.TryGetReport(1, out _));
    }

    [Theory]
    [InlineData(EmptyReceiverReport, true)]
    [InlineData(EmptyReceiverReport + "A1CB0002" + "0000000A" + "00000004", true)]
    [InlineData("81CE0002" + "0000000A" + "0000000B", true)]
    [InlineData("", false)]
    [InlineData("80C900", false)]
    [InlineData(Description, false)]
    [InlineData("80C90002" + "0000000A", false)]
    [InlineData(EmptyReceiverReport + "81CB", false)]
    [InlineData("A0C90001" + "0000000A" + Goodbye, false)]
    [InlineData("40C90001" + "0000000A", false)]
    [InlineData(EmptyReceiverReport + "41CB0001" + "0000000A", false)]
    public void Knows_a_sound_datagram(string hex, bool isSound) => Assert.Equal(isSound, RtcpCompound.TryRead(Bytes(hex), out _));

    [Fact]
    public void An_empty_goodbye_has_no_source()
    {
        Assert.True(RtcpCompound.TryRead(Bytes(EmptyReceiverReport + "80CB0000"), out var packets));
        Assert.True(packets.MoveNext() && packets.MoveNext());
        Assert.False(packets.Current.TryGetSsrc(out _));
    }

    [Fact]
    public void Damaged_datagrams_throw_nothing()
    {
        var damaged = from at in Gen.Choose(0, 71) from octet in Gen.Choose(0, 255) from cut in Gen.Choose(0, 76) select (at, octet, cut);
        Prop.ForAll(Arb.From(damaged), change =>
        {
            var bytes = Bytes(SenderReport + Description + Goodbye);
            bytes[change.at] = (byte)change.octet;
            var total = 0;
            var isSound = RtcpCompound.TryRead(bytes.AsSpan(0, change.cut), out var packets);
            foreach (var packet in packets)
            {
                packet.TryGetSenderInfo(out _);
                packet.TryGetReport(packet.Count - 1, out _);
                packet.TryGetSsrc(out _);
                total += packet.Octets.Length;
            }

            return total == (isSound ? change.cut : 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
