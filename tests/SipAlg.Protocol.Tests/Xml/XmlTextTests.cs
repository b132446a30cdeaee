using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Xml;

namespace SipAlg.Protocol.Tests.Xml;

public sealed class XmlTextTests
{
    [Theory]
    [InlineData("a&amp;b&lt;&gt;&quot;&apos;", "a&b<>\"'")]
    [InlineData("&#65;&#x42;&#xe4;&#x1F600;", "ABä😀")]
    [InlineData("a&b&nbsp;&;&#;&#x;&#xD800;&#1114112;&", "a&b&nbsp;&;&#;&#x;&#xD800;&#1114112;&")]
    [InlineData("&amp;lt;", "&lt;")]
    public void References_are_replaced_once(string text, string seen)
    {
        var room = new byte[256];
        Assert.Equal(seen, Encoding.UTF8.GetString(room, 0, XmlText.Unescape(Encoding.UTF8.GetBytes(text), room)));
    }

    [Fact]
    public void What_does_not_fit_is_left_out()
    {
        Span<byte> room = stackalloc byte[2];
        Assert.Equal(2, XmlText.Unescape("&amp;&amp;&amp;"u8, room));
    }

    [Fact]
    public void What_is_written_is_read_as_it_was() => Prop.ForAll(Arb.From<string>(Gen.Elements("abc&<>\"'#;ä ".ToCharArray()).ArrayOf().Select(text => new string(text))), text =>
    {
        foreach (var quote in "\"'\0")
        {
            var writer = new MessageWriter(new byte[1024]);
            XmlText.Write(ref writer, Encoding.UTF8.GetBytes(text), (byte)quote);
            var room = new byte[1024];
            if ((quote != 0 && writer.Written.Contains((byte)quote)) || writer.Written.Contains((byte)'<') ||
                Encoding.UTF8.GetString(room, 0, XmlText.Unescape(writer.Written, room)) != text)
            {
                return false;
            }
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
