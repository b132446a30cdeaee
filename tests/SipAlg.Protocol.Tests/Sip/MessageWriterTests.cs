using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

public sealed class MessageWriterTests
{
    [Fact]
    public void A_message_is_written()
    {
        var writer = new MessageWriter(new byte[256]);
        writer.Write("BYE sip:"u8);
        writer.WriteHost(IpAddress.Parse("2001:db8::1"));
        writer.Write(" SIP/2.0"u8);
        writer.EndLine();
        writer.Field("X"u8, -7);
        writer.Field("Y"u8, "z"u8);
        writer.Write(IpEndpoint.Parse("192.0.2.1:5060"));
        writer.Write((byte)'!');
        writer.EndLine();
        writer.Finish("body"u8);
        Assert.Equal("BYE sip:[2001:db8::1] SIP/2.0\r\nX: -7\r\nY: z\r\n192.0.2.1:5060!\r\nContent-Length: 4\r\n\r\nbody", Sample.Text(writer.Written));
        Assert.False(writer.Overflowed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(40)]
    public void What_does_not_fit_is_left_out_and_told(int room)
    {
        var buffer = new byte[room + 8];
        var writer = new MessageWriter(buffer.AsSpan(0, room));
        writer.Write("INVITE"u8);
        writer.Write(long.MaxValue);
        writer.Write((byte)'x');
        writer.WriteHost(IpAddress.Parse("2001:db8:1:2:3:4:5:6"));
        writer.Write(IpEndpoint.Parse("[2001:db8:1:2:3:4:5:6]:65535"));
        writer.Finish("body"u8);
        Assert.True(writer.Overflowed);
        Assert.InRange(writer.Length, 0, room);
        Assert.All(buffer[room..], octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void What_was_written_can_be_taken_back()
    {
        var writer = new MessageWriter(new byte[16]);
        writer.Write("kept"u8);
        var length = writer.Length;
        writer.Write("gone"u8);
        writer.Rewind(length);
        Assert.Equal("kept", Sample.Text(writer.Written));
    }
}
