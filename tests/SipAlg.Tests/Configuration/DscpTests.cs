using SipAlg.Configuration.Options;

namespace SipAlg.Tests.Configuration;

public sealed class DscpTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("63", 63)]
    [InlineData("be", 0)]
    [InlineData("ef", 46)]
    [InlineData("va", 44)]
    [InlineData("cs0", 0)]
    [InlineData("cs5", 40)]
    [InlineData("cs7", 56)]
    [InlineData("af11", 10)]
    [InlineData("af31", 26)]
    [InlineData("af43", 38)]
    public void Knows_the_registered_names(string text, int codePoint) => Assert.Equal(codePoint, Dscps.Parse(text).Value);

    [Theory]
    [InlineData("64")]
    [InlineData("-1")]
    [InlineData("cs8")]
    [InlineData("af51")]
    [InlineData("af1")]
    [InlineData("EF ")]
    public void Other_words_are_none(string text) => Assert.NotNull(Dscps.Parse(text).Fault);
}
