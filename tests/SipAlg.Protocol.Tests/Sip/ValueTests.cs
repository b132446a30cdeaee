using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>Lists and parameters: RFC 3261 §7.3.1, §25.1.</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData(" a , b,c ", "a|b|c")]
    [InlineData(",,a,,b,", "a|b")]
    [InlineData("", "")]
    [InlineData(" , ", "")]
    [InlineData("\"a, b\" <sip:x>, c", "\"a, b\" <sip:x>|c")]
    [InlineData("\"a\\\", b\" <sip:x>,c", "\"a\\\", b\" <sip:x>|c")]
    [InlineData("<sip:a,b@c;x=\",\">, <sip:d>", "<sip:a,b@c;x=\",\">|<sip:d>")]
    [InlineData("<sip:a@b>;x=\"1,2\",<sip:c>", "<sip:a@b>;x=\"1,2\"|<sip:c>")]
    [InlineData("a\r\n , b", "a|b")]
    [InlineData("\"open, b", "\"open, b")]
    [InlineData("<open, b", "<open, b")]
    public void A_list_is_taken_apart_at_its_commas(string text, string values)
    {
        var found = new List<string>();
        foreach (var value in new ValueList(Sample.Octets(text)))
        {
            found.Add(Sample.Text(value));
        }

        Assert.Equal(values, string.Join('|', found));
    }

    [Fact]
    public void What_follows_the_first_value_is_told()
    {
        var text = Sample.Octets("<sip:a>, <sip:b>,<sip:c>");
        var list = new ValueList(text);
        Assert.True(list.MoveNext());
        Assert.Equal(" <sip:b>,<sip:c>", Sample.Text(text.AsSpan(list.Consumed)));
    }

    [Theory]
    [InlineData(";a=1;b", "a=1|b=")]
    [InlineData(" ; a = 1 ;\tb ", "a=1|b=")]
    [InlineData(";a=\"x;y=\\\"z\" ; b=2", "a=\"x;y=\\\"z\"|b=2")]
    [InlineData(";a=b=c", "a=b=c")]
    [InlineData(";received=[2001:db8::1]", "received=[2001:db8::1]")]
    [InlineData("\r\n ;a=1\r\n ;b=2", "a=1|b=2")]
    [InlineData("", "")]
    public void Parameters_are_read(string text, string parameters)
    {
        Assert.Equal(parameters, string.Join('|', All(text, out var isMalformed)));
        Assert.False(isMalformed);
        Assert.True(Parameters.AreValid(Sample.Octets(text)));
    }

    [Theory]
    [InlineData("a=1", "")]
    [InlineData(";", "")]
    [InlineData(";;", "")]
    [InlineData(";a=1;", "a=1")]
    [InlineData(";a=1;=2;b=3", "a=1")]
    [InlineData(";a=", "")]
    [InlineData(";a=1;b=\"", "a=1")]
    [InlineData(";a=\"1\"2", "")]
    public void Reading_ends_at_what_is_no_parameter(string text, string parameters)
    {
        Assert.Equal(parameters, string.Join('|', All(text, out var isMalformed)));
        Assert.True(isMalformed);
        Assert.False(Parameters.AreValid(Sample.Octets(text)));
    }

    [Fact]
    public void A_parameter_is_found_by_name_in_any_case()
    {
        Assert.True(Parameters.TryGet(";x=1;LR;Tag=t"u8, "lr"u8, out var empty));
        Assert.True(empty.IsEmpty);
        Assert.True(Parameters.TryGet(";x=1;LR;Tag=t"u8, "tag"u8, out var tag));
        Assert.Equal("t", Sample.Text(tag));
        Assert.False(Parameters.TryGet(";x=1;LR;Tag=t"u8, "ta"u8, out _));
    }

    [Fact]
    public void A_whole_parameter_ends_without_the_white_space_behind_it()
    {
        var reader = new Parameters(" ; a = 1 \r\n ;b"u8);
        Assert.True(reader.MoveNext());
        Assert.Equal("; a = 1", Sample.Text(reader.Whole));
        Assert.True(reader.MoveNext());
        Assert.Equal(";b", Sample.Text(reader.Whole));
    }

    private static List<string> All(string text, out bool isMalformed)
    {
        var found = new List<string>();
        var reader = new Parameters(Sample.Octets(text));
        while (reader.MoveNext())
        {
            found.Add($"{Sample.Text(reader.Name)}={Sample.Text(reader.Value)}");
        }

        isMalformed = reader.IsMalformed;
        return found;
    }
}
