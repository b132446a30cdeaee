using System.Text;
using SipAlg.Protocol.Xml;
using SipAlg.Testing;

namespace SipAlg.Protocol.Tests.Xml;

public sealed class XmlScannerTests
{
    [Theory]
    [InlineData("<a/>", "<a>")]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE a [ <!ENTITY b \"c\"> ]><a>t</a>", "<a> a:t")]
    [InlineData("<x:a x:b='1' c = \"2\"\r\n\td=\"a > b\"/>", "<a> a@b=1 a@c=2 a@d=a > b")]
    [InlineData("<a><!-- <b c=\"1\"> -->t<b/>u</a>v", "<a> a:t <b> :u :v")]
    [InlineData("<a>\n <b>x</b>\n</a>\n", "<a> a:\n  <b> b:x :\n :\n")]
    [InlineData("<a><![CDATA[<b c=\"1\">&amp;]]>u</a>", "<a> a!<b c=\"1\">&amp; a:u")]
    [InlineData("<a b=c d e='1'/>", "<a> a@b=c a@e=1")]
    [InlineData("<a xmlns:b='u' xmlns='v' b:c='w'>", "<a> a@xmlns:b=u a@xmlns=v a@c=w")]
    [InlineData("1 < 2 <a>", ":1 < 2  <a>")]
    [InlineData("<a>x<&</b>", "<a> a:x<&")]
    [InlineData("<a b=\"\"></a>", "<a> a@b=")]
    [InlineData("", "")]
    [InlineData("no xml", ":no xml")]
    [InlineData("<a \"stray\" b='1'>", "<a> a@b=1")]
    [InlineData("<a=\"1\">", "<a=\"1\">")]
    [InlineData("<", ":<")]
    public void Finds_names_values_and_text(string text, string parts) => Assert.Equal(parts, Parts(text, out _));

    [Theory]
    [InlineData("<a b=\"1")]
    [InlineData("<a b='1\"")]
    [InlineData("<a b=")]
    [InlineData("<a b")]
    [InlineData("<a ")]
    [InlineData("<a")]
    [InlineData("<!-- x")]
    [InlineData("<![CDATA[x]]")]
    [InlineData("<!DOCTYPE a [")]
    [InlineData("<?xml ")]
    [InlineData("</a")]
    [InlineData("<a/")]
    public void What_ends_within_a_tag_is_malformed(string text)
    {
        Parts("<x>t</x>" + text, out var isMalformed);
        Assert.True(isMalformed);
    }

    [Fact]
    public void What_ends_behind_a_tag_is_not()
    {
        Parts("<a>t</b> < u", out var isMalformed);
        Assert.False(isMalformed);
    }

    /// <summary>What the scanner stands at, and where: the pieces between them are the rest of the text.</summary>
    [Fact]
    public void Places()
    {
        var text = Encoding.UTF8.GetBytes("<a  b='1' c=2>t</a>");
        var scanner = new XmlScanner(text);
        Assert.True(scanner.MoveNext());
        Assert.Equal((1, 2), (scanner.Start, scanner.End));
        Assert.True(scanner.MoveNext());
        Assert.Equal((7, 8, 2, 9, (byte)'\''), (scanner.Start, scanner.End, scanner.WholeStart, scanner.WholeEnd, scanner.Quote));
        Assert.True(scanner.MoveNext());
        Assert.Equal((12, 13, 9, 13, (byte)0), (scanner.Start, scanner.End, scanner.WholeStart, scanner.WholeEnd, scanner.Quote));
        Assert.True(scanner.MoveNext());
        Assert.Equal((14, 15, XmlPart.Text), (scanner.Start, scanner.End, scanner.Part));
        Assert.False(scanner.MoveNext());
    }

    [Fact]
    public void Scanning_allocates_nothing()
    {
        var text = Encoding.UTF8.GetBytes("<?xml version=\"1.0\"?>" + string.Concat(Enumerable.Repeat("<dialog id=\"1\"><identity>sip:a@b</identity></dialog>", 20)));
        var parts = Count(text);
        Assert.Equal(0, Allocations.Of(() => Count(text)));
        Assert.Equal(20 * 4, parts);
    }

    private static int Count(byte[] text)
    {
        var parts = 0;
        for (var scanner = new XmlScanner(text); scanner.MoveNext();)
        {
            parts++;
        }

        return parts;
    }

    private static string Parts(string text, out bool isMalformed)
    {
        var parts = new List<string>();
        var scanner = new XmlScanner(Encoding.UTF8.GetBytes(text));
        while (scanner.MoveNext())
        {
            var (element, value) = (Encoding.UTF8.GetString(scanner.Element), Encoding.UTF8.GetString(scanner.Value));
            parts.Add(scanner.Part switch
            {
                XmlPart.Element => $"<{element}>",
                XmlPart.Attribute => $"{element}@{Encoding.UTF8.GetString(scanner.Attribute)}={value}",
                _ => $"{element}{(scanner.IsVerbatim ? '!' : ':')}{value}",
            });
        }

        isMalformed = scanner.IsMalformed;
        return string.Join(' ', parts);
    }
}
