using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>RFC 3261 §7.3.3 and the registered compact forms.</summary>
public sealed class HeaderNameTests
{
    public static TheoryData<HeaderId> Known() => [.. Enum.GetValues<HeaderId>().Where(id => id is not (HeaderId.Other or HeaderId.Count))];

    [Theory]
    [MemberData(nameof(Known))]
    public void Every_known_name_finds_itself_in_any_case(HeaderId id)
    {
        var name = Encoding.ASCII.GetString(HeaderNames.Name(id));
        Assert.NotEmpty(name);
        Assert.Equal(id, HeaderNames.Find(Encoding.ASCII.GetBytes(name)));
        Assert.Equal(id, HeaderNames.Find(Encoding.ASCII.GetBytes(name.ToUpperInvariant())));
        Assert.Equal(id, HeaderNames.Find(Encoding.ASCII.GetBytes(name.ToLowerInvariant())));
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void A_name_that_differs_in_one_place_is_another(HeaderId id)
    {
        var name = HeaderNames.Name(id).ToArray();
        for (var at = 0; at < name.Length; at++)
        {
            var other = name.ToArray();
            other[at] = (byte)'~';
            Assert.Equal(HeaderId.Other, HeaderNames.Find(other));

            // One letter may be the compact form.
            Assert.True(at == 1 || HeaderNames.Find(name.AsSpan(0, at)) != id);
        }

        Assert.NotEqual(id, HeaderNames.Find([.. name, (byte)'x']));
    }

    [Theory]
    [InlineData('v', HeaderId.Via)]
    [InlineData('f', HeaderId.From)]
    [InlineData('t', HeaderId.To)]
    [InlineData('i', HeaderId.CallId)]
    [InlineData('m', HeaderId.Contact)]
    [InlineData('c', HeaderId.ContentType)]
    [InlineData('l', HeaderId.ContentLength)]
    [InlineData('e', HeaderId.ContentEncoding)]
    [InlineData('k', HeaderId.Supported)]
    [InlineData('o', HeaderId.Event)]
    [InlineData('u', HeaderId.AllowEvents)]
    [InlineData('r', HeaderId.ReferTo)]
    [InlineData('b', HeaderId.ReferredBy)]
    [InlineData('x', HeaderId.SessionExpires)]
    public void Compact_forms_in_either_case(char letter, HeaderId id)
    {
        Assert.Equal(id, HeaderNames.Find([(byte)letter]));
        Assert.Equal(id, HeaderNames.Find([(byte)char.ToUpperInvariant(letter)]));
    }

    [Fact]
    public void No_other_single_letter_is_known()
    {
        var known = Enumerable.Range(0, 256).Where(octet => HeaderNames.Find([(byte)octet]) != HeaderId.Other).Select(octet => (char)octet);
        Assert.Equal("BCEFIKLMORTUVXbcefiklmortuvx", string.Concat(known));
    }

    [Theory]
    [InlineData("s", "Subject")]
    [InlineData("S", "Subject")]
    [InlineData("a", "Accept-Contact")]
    [InlineData("d", "Request-Disposition")]
    [InlineData("j", "Reject-Contact")]
    [InlineData("n", "Identity-Info")]
    [InlineData("y", "Identity")]
    [InlineData("m", "Contact")]
    [InlineData("call-id", "Call-ID")]
    [InlineData("z", "z")]
    [InlineData("X-own", "X-own")]
    [InlineData("", "")]
    public void Every_name_has_a_long_form(string name, string expected) => Assert.Equal(expected, Encoding.ASCII.GetString(HeaderNames.Long(Encoding.ASCII.GetBytes(name))));

    [Theory]
    [InlineData("")]
    [InlineData("Subject")]
    [InlineData("X-Asterisk-HangupCause")]
    [InlineData("Content-Languages")]
    public void Others_are_other(string name) => Assert.Equal(HeaderId.Other, HeaderNames.Find(Encoding.ASCII.GetBytes(name)));

    [Fact]
    public void Methods_find_themselves_in_their_own_case_only()
    {
        foreach (var method in Enum.GetValues<SipMethod>().Where(method => method != SipMethod.Unknown))
        {
            var name = SipMethods.Name(method);
            Assert.Equal(method, SipMethods.Find(name));
            Assert.Equal(SipMethod.Unknown, SipMethods.Find(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(name).ToLowerInvariant())));
        }
    }
}
