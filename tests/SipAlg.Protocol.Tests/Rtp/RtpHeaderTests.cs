using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Tests.Rtp;

public sealed class RtpHeaderTests
{
    [Fact]
    public void Reads_every_field()
    {
        var packet = Convert.FromHexString("B2E0123456789ABCDEF01234" + "11111111" + "22222222" + "BEDE0001" + "10AABBCC" + "010203" + "000003");
        Assert.True(RtpHeader.TryRead(packet, out var header));
        Assert.True(header.HasPadding && header.HasExtension && header.Marker);
        Assert.Equal(96, header.PayloadType);
        Assert.Equal(0x1234, header.SequenceNumber);
        Assert.Equal(0x56789ABCu, header.Timestamp);
        Assert.Equal(0xDEF01234u, header.Ssrc);
        Assert.Equal(2, header.ContributingCount);
        Assert.Equal((0x11111111u, 0x22222222u), (header.ContributingSource(0), header.ContributingSource(1)));
        Assert.Equal(0xBEDE, header.ExtensionProfile);
        Assert.Equal("10AABBCC", Convert.ToHexString(header.Extension));
        Assert.Equal(28, header.Length);
        Assert.True(header.TryGetPayload(out var payload));
        Assert.Equal("010203", Convert.ToHexString(payload));
    }

    [Fact]
    public void A_plain_packet_has_nothing_more()
    {
        Assert.True(RtpHeader.TryRead(Convert.FromHexString("800000010000000200000003AABB"), out var header));
        Assert.False(header.HasPadding || header.HasExtension || header.Marker);
        Assert.Equal((0, 0, 12), (header.ContributingCount, header.ExtensionProfile, header.Length));
        Assert.True(header.Extension.IsEmpty);
        Assert.True(header.TryGetPayload(out var payload));
        Assert.Equal("AABB", Convert.ToHexString(payload));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8000000100000002000000")]
    [InlineData("400000010000000200000003")]
    [InlineData("810000010000000200000003")]
    [InlineData("900000010000000200000003BEDE")]
    [InlineData("900000010000000200000003BEDE0001AABBCC")]
    public void Refuses_what_is_cut_or_of_another_version(string packet) =>
        Assert.False(RtpHeader.TryRead(Convert.FromHexString(packet), out _));

    [Theory]
    [InlineData("")]
    [InlineData("0100")]
    [InlineData("0103")]
    public void Refuses_padding_that_cannot_be(string rest)
    {
        Assert.True(RtpHeader.TryRead(Convert.FromHexString("A00000010000000200000003" + rest), out var header));
        Assert.False(header.TryGetPayload(out var payload));
        Assert.True(payload.IsEmpty);
    }

    [Fact]
    public void Never_reads_outside() => Prop.ForAll<byte[]>(bytes =>
    {
        byte[] packet = [0x80, .. bytes];
        packet[0] = (byte)(0x80 | (bytes.Length > 0 ? bytes[0] & 0x3F : 0));
        if (!RtpHeader.TryRead(packet, out var header))
        {
            return true;
        }

        header.TryGetPayload(out var payload);
        return header.Length + payload.Length <= packet.Length && header.Extension.Length <= packet.Length;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
}
