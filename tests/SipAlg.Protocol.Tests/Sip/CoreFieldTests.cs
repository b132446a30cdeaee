using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>RFC 3261 §8.1.1: the fields that every message has.</summary>
public sealed class CoreFieldTests
{
    [Theory]
    [InlineData("Via", MessageFault.MissingVia)]
    [InlineData("From", MessageFault.MissingFrom)]
    [InlineData("To", MessageFault.MissingTo)]
    [InlineData("Call-ID", MessageFault.MissingCallId)]
    [InlineData("CSeq", MessageFault.MissingCSeq)]
    [InlineData("Max-Forwards", MessageFault.None)]
    public void Each_must_be_there(string name, MessageFault fault)
    {
        Assert.Equal(fault, Sample.Parse(Sample.Without(name), out var message));
        Assert.Equal(name == "Max-Forwards" ? -1 : 70, message.MaxForwards);
    }

    [Theory]
    [InlineData("From: <sip:x@y>;tag=b")]
    [InlineData("To: <sip:x@y>")]
    [InlineData("Call-ID: 2")]
    [InlineData("i: 2")]
    [InlineData("CSeq: 1 INVITE")]
    [InlineData("Max-Forwards: 70")]
    public void Each_but_Via_stands_once(string line) =>
        Assert.Equal(MessageFault.RepeatedHeader, Sample.Fault(Sample.Invite().Replace("\r\n\r\n", $"\r\n{line}\r\n\r\n", StringComparison.Ordinal)));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("00000000000000000007", 7)]
    public void CSeq_is_read(string number, long value) => Assert.Equal(value, Sample.Read(Sample.Invite($"CSeq: {number} \t INVITE")).CSeq);

    [Theory]
    [InlineData("2147483648 INVITE", MessageFault.BadCSeq)]
    [InlineData("36893488147419103232 INVITE", MessageFault.BadCSeq)]
    [InlineData("-1 INVITE", MessageFault.BadCSeq)]
    [InlineData("1", MessageFault.BadCSeq)]
    [InlineData("1 ", MessageFault.BadCSeq)]
    [InlineData("INVITE", MessageFault.BadCSeq)]
    [InlineData("1INVITE", MessageFault.BadCSeq)]
    [InlineData("1 INVITE x", MessageFault.BadCSeq)]
    [InlineData("1 invite", MessageFault.MethodMismatch)]
    [InlineData("1 ACK", MessageFault.MethodMismatch)]
    [InlineData("", MessageFault.BadCSeq)]
    public void CSeq_out_of_bounds_is_a_fault(string value, MessageFault fault) => Assert.Equal(fault, Sample.Fault(Sample.Invite($"CSeq: {value}")));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0068", 68)]
    [InlineData("255", 255)]
    [InlineData("256", 255)]
    [InlineData("4294967295", 255)]
    public void Max_Forwards_is_read(string value, int hops) => Assert.Equal(hops, Sample.Read(Sample.Invite($"Max-Forwards: {value}")).MaxForwards);

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("7x")]
    [InlineData("7 0")]
    [InlineData("4294967296")]
    public void Max_Forwards_that_is_no_number_is_a_fault(string value) => Assert.Equal(MessageFault.BadMaxForwards, Sample.Fault(Sample.Invite($"Max-Forwards: {value}")));

    [Theory]
    [InlineData("a", MessageFault.None)]
    [InlineData("f81d4fae-7dec-11d0@foo.bar.com", MessageFault.None)]
    [InlineData("<(weird)>:\\\"/[]?{}", MessageFault.None)]
    [InlineData("", MessageFault.BadCallId)]
    [InlineData("a b", MessageFault.BadCallId)]
    [InlineData("a,b", MessageFault.BadCallId)]
    [InlineData("ä", MessageFault.BadCallId)]
    public void Call_ID_is_one_word(string value, MessageFault fault) => Assert.Equal(fault, Sample.Fault(Sample.Invite($"Call-ID: {value}")));

    [Fact]
    public void Identifiers_have_a_limit()
    {
        var most = new string('x', SipLimits.Identifier);
        Assert.Equal(MessageFault.None, Sample.Fault(Sample.Invite($"Call-ID: {most}", $"From: <sip:a@b>;tag={most}", $"To: <sip:a@b>;tag={most}")));
        Assert.Equal(MessageFault.BadCallId, Sample.Fault(Sample.Invite($"Call-ID: {most}x")));
        Assert.Equal(MessageFault.BadFrom, Sample.Fault(Sample.Invite($"From: <sip:a@b>;tag={most}x")));
        Assert.Equal(MessageFault.BadTo, Sample.Fault(Sample.Invite($"To: <sip:a@b>;tag={most}x")));
    }

    [Theory]
    [InlineData("<sip:a@b>;tag=1;x=y", "1")]
    [InlineData("<sip:a@b>; x ; TAG = 1", "1")]
    [InlineData("sip:a@b;tag=1", "1")]
    [InlineData("sip:a@b;x=\"<;tag=2>\";tag=1", "1")]
    [InlineData("\"x;tag=2\" <sip:a@b;tag=3>;tag=1", "1")]
    [InlineData("<tel:+4930>", "")]
    [InlineData("<http://example.com>;tag=1", "1")]
    [InlineData("<sip:a@b>;tag", "")]
    public void Tags_are_found(string from, string tag)
    {
        var message = Sample.Read(Sample.Invite($"From: {from}", $"To: {from}"));
        Assert.Equal((tag, tag), (message.Text(message.FromTag), message.Text(message.ToTag)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<sip:a@b")]
    [InlineData("<>")]
    [InlineData("\"A <sip:a@b>")]
    [InlineData("\"A\\\" <sip:a@b>")]
    [InlineData("A \"B\" <sip:a@b>")]
    [InlineData("<sip:a@b>, <sip:c@d>")]
    [InlineData("<sip:a@b>tag=1")]
    [InlineData("<sip:a@b>;tag=")]
    [InlineData("<sip:a@b>;=1")]
    [InlineData("<sip:a@b>;;tag=1")]
    [InlineData("<sip:a@b>;tag=1;tag=2")]
    [InlineData("<sip:a@b>;x=\"1")]
    [InlineData("<sip:a@b>;x=\"1\"2")]
    [InlineData("<sip:@b>")]
    [InlineData("<sip:a@>")]
    [InlineData("<sip:a b@c>")]
    [InlineData("<a@b>")]
    [InlineData("*")]
    public void A_malformed_address_is_a_fault(string value)
    {
        Assert.Equal(MessageFault.BadFrom, Sample.Fault(Sample.Invite($"From: {value}")));
        Assert.Equal(MessageFault.BadTo, Sample.Fault(Sample.Invite($"To: {value}")));
    }

    [Fact]
    public void What_can_be_answered_is_read_behind_a_fault()
    {
        Assert.Equal(MessageFault.BadFrom, Sample.Parse(Sample.Invite("From: <"), out var message));
        Assert.Equal(("1@example.com", 1u, "z9hG4bK-1"), (message.Text(message.CallId), message.CSeq, message.Text(message.Branch)));
    }

    [Fact]
    public void Every_fault_has_a_status_and_a_phrase()
    {
        foreach (var fault in Enum.GetValues<MessageFault>())
        {
            Assert.Equal(fault == MessageFault.Version ? 505 : 400, MessageFaults.Status(fault));
            Assert.False(MessageFaults.Phrase(fault).IsEmpty);
        }
    }
}
