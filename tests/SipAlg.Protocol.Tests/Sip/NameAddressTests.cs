using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>RFC 3261 §20.10.</summary>
public sealed class NameAddressTests
{
    [Theory]
    [InlineData("<sip:a@b>", "", "sip:a@b", "", true)]
    [InlineData("Alice <sip:a@b>;tag=1", "Alice", "sip:a@b", ";tag=1", true)]
    [InlineData("Alice in  Chains<sip:a@b>", "Alice in  Chains", "sip:a@b", "", true)]
    [InlineData(" \"Alice; <x>\\\"\" \r\n <sip:a@b;lr?x=y> ; q=0.5 ", "\"Alice; <x>\\\"\"", "sip:a@b;lr?x=y", "; q=0.5", true)]
    [InlineData("\"\"<sip:a@b>", "\"\"", "sip:a@b", "", true)]
    [InlineData("< sip:a@b >", "", "sip:a@b", "", true)]
    [InlineData("sip:a@b;tag=1;x", "", "sip:a@b", ";tag=1;x", false)]
    [InlineData("sip:a@b ; tag=1", "", "sip:a@b", "; tag=1", false)]
    [InlineData("sip:a@b;x=\"<y>\"", "", "sip:a@b", ";x=\"<y>\"", false)]
    [InlineData("Ä Ö <sip:a@b>", "Ä Ö", "sip:a@b", "", true)]
    public void It_is_taken_apart(string text, string name, string uri, string parameters, bool isBracketed)
    {
        Assert.True(NameAddress.TryParse(Sample.Octets(text), out var address));
        Assert.Equal((name, uri, parameters, isBracketed),
            (Sample.Text(address.DisplayName), Sample.Text(address.Uri), Sample.Text(address.Parameters), address.IsBracketed));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(";tag=1")]
    [InlineData("<>")]
    [InlineData("< >;tag=1")]
    [InlineData("<sip:a@b")]
    [InlineData("\"Alice")]
    [InlineData("\"Alice\"")]
    [InlineData("\"Alice\" sip:a@b")]
    [InlineData("\"Alice\\\" <sip:a@b>")]
    [InlineData("Ali\"ce <sip:a@b>")]
    [InlineData("<sip:a@b> x")]
    [InlineData("<sip:a@b>,<sip:c@d>")]
    public void Anything_else_is_refused(string text) => Assert.False(NameAddress.TryParse(Sample.Octets(text), out _));

    [Fact]
    public void Its_tag_is_the_header_parameter()
    {
        Assert.True(NameAddress.TryParse("<sip:a@b;tag=no>;x=\";tag=no\";tag=yes"u8, out var address));
        Assert.True(address.TryTag(out var tag));
        Assert.Equal("yes", Sample.Text(tag));
        Assert.True(NameAddress.TryParse("<sip:a@b>;tag"u8, out var untagged));
        Assert.False(untagged.TryTag(out _));
    }
}
