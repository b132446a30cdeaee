using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Dialplan;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Dialplan;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("+49${n}", "+49301")]
    [InlineData("${n}${n}", "301301")]
    [InlineData("a$${n}b", "a${n}b")]
    [InlineData("cost $5", "cost $5")]
    [InlineData("", "")]
    [InlineData("${unset}x", "x")]
    public void Fills_in_captures(string text, string expected)
    {
        var captures = new Captures { ["n"] = "301" };

        Assert.Equal(expected, Template(text).Expand(captures));
    }

    [Theory]
    [InlineData("${")]
    [InlineData("a${b")]
    [InlineData("${}")]
    public void Refuses_a_reference_without_name_or_end(string text) => Assert.False(SipAlg.Calls.Dialplan.Template.TryParse(text, out _));

    [Fact]
    public void A_capture_cannot_leave_its_place_in_a_uri()
    {
        var captures = new Captures { ["n"] = "1@evil.example;transport=tcp?X=y\r\n" };

        Assert.Equal("sip:1%40evil.example%3Btransport%3Dtcp%3FX%3Dy%0D%0A@10.0.0.1", Template("sip:${n}@10.0.0.1").ExpandUri(captures));
    }

    [Fact]
    public void A_capture_cannot_break_a_line()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            var captures = new Captures { ["n"] = text ?? "" };
            return !Template("x${n}").Expand(captures).Any(char.IsControl) && Template("x${n}").ExpandUri(captures).All(char.IsAscii);
        }).QuickCheckThrowOnFailure();
    }
}
