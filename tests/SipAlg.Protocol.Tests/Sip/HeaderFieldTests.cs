using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>RFC 3261 §7.3.1: lines, folding, white space, limits.</summary>
public sealed class HeaderFieldTests
{
    [Fact]
    public void Values_are_trimmed_and_lines_kept_as_they_came()
    {
        var message = Sample.Read(Sample.Invite("X-One  \t:  \t value \t ", "X-Two:", "X-Three: a:b:c"));
        var fields = message.Fields[^3..].ToArray();
        Assert.Equal(["X-One", "X-Two", "X-Three"], fields.Select(field => message.Text(field.Name)));
        Assert.Equal(["value", "", "a:b:c"], fields.Select(field => message.Text(field.Value)));
        Assert.Equal(["X-One  \t:  \t value", "X-Two:", "X-Three: a:b:c"], fields.Select(field => message.Text(field.Line)));
    }

    [Fact]
    public void Folded_lines_belong_to_their_field()
    {
        var message = Sample.Read(Sample.Invite("X-One: a\r\n b\r\n\tc", "Subject: \r\n late"));
        Assert.Equal("a\r\n b\r\n\tc", message.Text(message.Fields[^2].Value));
        Assert.Equal("late", message.Text(message.Fields[^1].Value));
    }

    [Fact]
    public void Core_fields_may_be_folded()
    {
        var message = Sample.Read(Sample.Invite(
            "Via: SIP/2.0/UDP\r\n 192.0.2.9\r\n ;branch=\r\n z9hG4bK-f", "From:\r\n \"A\"\r\n <sip:a@b>\r\n ;tag=\r\n x", "CSeq: 7\r\n\tINVITE", "Max-Forwards:\r\n 5"));
        Assert.Equal(("z9hG4bK-f", "x", 7u, 5), (message.Text(message.Branch), message.Text(message.FromTag), message.CSeq, message.MaxForwards));
    }

    [Fact]
    public void Bare_LF_ends_lines_too()
    {
        var message = Sample.Read(Sample.Invite("X-One: a\r\n b", "Content-Length: 4").Replace("\r\n", "\n", StringComparison.Ordinal) + "body");
        Assert.Equal("a\n b", message.Text(message.Fields[^2].Value));
        Assert.Equal("body", Sample.Text(message.BodyOctets));
    }

    [Theory]
    [InlineData("X-One: a\rX-Two: b")]
    [InlineData("X-One: a\r\rb")]
    [InlineData("X-One: a\r")]
    [InlineData("X-One: a\r b")]
    public void A_bare_CR_which_others_may_take_for_a_line_end_is_a_fault(string line) =>
        Assert.Equal(MessageFault.HeaderLine, Sample.Fault(Sample.Invite(line)));

    [Fact]
    public void A_bare_CR_in_the_start_line_is_a_fault()
    {
        Assert.Equal(MessageFault.RequestUri, Sample.Fault(Sample.Message("INVITE sip:bob@example.com\rX:y SIP/2.0")));
        Assert.Equal(MessageFault.StatusCode, Sample.Fault(Sample.Message("SIP/2.0 200 OK\rX: y")));
    }

    [Theory]
    [InlineData("X-One")]
    [InlineData("no colon here")]
    public void A_line_without_a_colon_is_a_fault(string line) => Assert.Equal(MessageFault.HeaderLine, Sample.Fault(Sample.Invite(line)));

    [Theory]
    [InlineData(": value")]
    [InlineData("X One: value")]
    [InlineData("X@One: value")]
    [InlineData("Ü: value")]
    public void A_name_that_is_no_token_is_a_fault(string line) => Assert.Equal(MessageFault.HeaderName, Sample.Fault(Sample.Invite(line)));

    [Fact]
    public void A_line_that_continues_the_start_line_is_a_fault() =>
        Assert.Equal(MessageFault.HeaderName, Sample.Fault(Sample.Invite().Replace("SIP/2.0\r\nVia", "SIP/2.0\r\n Folded: x\r\nVia", StringComparison.Ordinal)));

    [Fact]
    public void Headers_that_do_not_end_are_a_fault()
    {
        var whole = Sample.Invite();
        Assert.Equal(MessageFault.Unterminated, Sample.Fault(whole[..^2]));
        Assert.Equal(MessageFault.Unterminated, Sample.Fault(whole[..^4] + "\r\nX-One: cut"));
        Assert.Equal(MessageFault.None, Sample.Fault(whole[..^2] + "\n"));
    }

    [Fact]
    public void As_many_fields_as_allowed_and_one_more()
    {
        var most = Enumerable.Range(0, SipLimits.Fields - 6).Select(n => $"X-{n}: y").ToArray();
        Assert.Equal(SipLimits.Fields, Sample.Read(Sample.Invite(most)).FieldCount);
        Assert.Equal(MessageFault.TooManyHeaders, Sample.Fault(Sample.Invite([.. most, "X: y"])));
    }

    [Fact]
    public void As_long_a_field_as_allowed_and_one_octet_more()
    {
        var most = "X: " + new string('y', SipLimits.Field - 3);
        Assert.Equal(MessageFault.None, Sample.Fault(Sample.Invite(most)));
        Assert.Equal(MessageFault.TooLong, Sample.Fault(Sample.Invite(most + "y")));
        Assert.Equal(MessageFault.TooLong, Sample.Fault(Sample.Invite(most + "\r\n y")));
    }

    [Fact]
    public void Fields_of_one_name_are_found_one_after_another()
    {
        var message = Sample.Read(Sample.Invite("Route: <sip:a;lr>", "X: y", "route: <sip:b;lr>", "ROUTE: <sip:c;lr>"));
        Assert.True(message.TryFirst(HeaderId.Route, out var index));
        var values = new List<string>();
        for (; index >= 0; index = message.Next(index))
        {
            values.Add(message.Text(message.Fields[index].Value));
        }

        Assert.Equal(["<sip:a;lr>", "<sip:b;lr>", "<sip:c;lr>"], values);
        Assert.False(message.Has(HeaderId.Contact));
        Assert.Equal("", Sample.Text(message.First(HeaderId.Contact)));
    }

    [Fact]
    public void Lists_are_searched_across_fields_and_forms()
    {
        var message = Sample.Read(Sample.Invite("Supported: timer , 100REL", "k: ,replaces"));
        Assert.True(message.Lists(HeaderId.Supported, "100rel"u8));
        Assert.True(message.Lists(HeaderId.Supported, "replaces"u8));
        Assert.False(message.Lists(HeaderId.Supported, "100re"u8));
        Assert.False(message.Lists(HeaderId.Require, "timer"u8));
    }

    [Fact]
    public void A_message_may_stand_anywhere_in_its_buffer()
    {
        var octets = Encoding.ASCII.GetBytes("####" + Sample.Invite("Content-Length: 2") + "ab####");
        var message = new SipMessage();
        Assert.Equal(MessageFault.None, SipParser.Parse(message, octets, 4, octets.Length - 8, isStream: true));
        Assert.Equal(("ab", 4, octets.Length - 4), (Sample.Text(message.BodyOctets), message.Start, message.End));
        Assert.StartsWith("INVITE ", Sample.Text(message.Octets), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_is_read_anew_each_time()
    {
        var message = new SipMessage();
        var full = Sample.Octets(Sample.Invite("Contact: <sip:a@b>", "Content-Length: 0"));
        var bare = Sample.Octets("SIP/2.0 200 OK\r\n\r\n");
        SipParser.Parse(message, full, 0, full.Length, isStream: false);
        Assert.Equal(MessageFault.MissingVia, SipParser.Parse(message, bare, 0, bare.Length, isStream: false));
        Assert.Equal((0, 200, -1, 0u, true, true), (message.FieldCount, message.Status, message.MaxForwards, message.CSeq, message.CallId.IsEmpty, message.TopVia.IsEmpty));
        Assert.False(message.Has(HeaderId.Contact));
    }
}
