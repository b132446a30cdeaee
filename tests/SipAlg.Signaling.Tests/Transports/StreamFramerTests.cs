using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

public sealed class StreamFramerTests
{
    private static readonly string[] Valid =
    [
        "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n",
        "SIP/2.0 200 OK\r\nl: 5\r\n\r\nhello",
        "INVITE sip:a SIP/2.0\r\nCONTENT-LENGTH  :\t4  \r\nX: y\r\n\r\n\r\n\r\n",
        "INVITE sip:a SIP/2.0\r\nContent-Length:\r\n 3\r\n\r\nabc",
        "BYE sip:a SIP/2.0\nSubject: a\n l: 9\nL:2\n\nxy",
        "ACK sip:a SIP/2.0\r\nl: 1\r\nContent-Length: 01\r\n\r\nz",
    ];

    [Theory]
    [MemberData(nameof(ValidMessages))]
    public void Finds_a_message_cut_at_any_octet(string text)
    {
        var octets = Encoding.ASCII.GetBytes(text + text);
        for (var first = 0; first <= octets.Length; first++)
        {
            for (var second = first; second <= octets.Length; second++)
            {
                Assert.Equal([text, text], Frame(octets, [first, second]).Messages);
            }
        }
    }

    [Fact]
    public void Finds_pipelined_messages_and_keep_alives_however_they_are_cut()
    {
        var parts = Gen.OneOf(Gen.Elements(Valid), Gen.Constant("\r\n\r\n"), Gen.Constant("\n"));
        var input = Gen.ListOf(parts).SelectMany(list => Gen.ListOf(Gen.Choose(0, 400)).Select(cuts => (Parts: list.ToList(), Cuts: cuts.ToList())));
        Prop.ForAll(Arb.From(input), sample =>
        {
            var octets = Encoding.ASCII.GetBytes(string.Concat(sample.Parts));
            var (messages, pings, fault) = Frame(octets, sample.Cuts);
            Assert.Equal(sample.Parts.Where(Valid.Contains), messages);
            Assert.Equal(sample.Parts.Count(part => part == "\r\n\r\n"), pings);
            Assert.Null(fault);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nTo: <sip:b>\r\n\r\n", FrameResult.LengthMissing)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nContent-Length: -999\r\n\r\n", FrameResult.LengthMalformed)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nContent-Length: \r\n\r\n", FrameResult.LengthMalformed)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nContent-Length: 1 2\r\n\r\n", FrameResult.LengthMalformed)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nContent-Length: 0x5\r\n\r\n", FrameResult.LengthMalformed)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nContent-Length: 13\r\nl: 5\r\n\r\n", FrameResult.LengthConflict)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nContent-Length: 65536\r\n\r\n", FrameResult.MessageTooLong)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nContent-Length: 4294967297\r\n\r\n", FrameResult.MessageTooLong)]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nContent-Length: 99999999999999999999999999\r\n\r\n", FrameResult.MessageTooLong)]
    [InlineData("\u0016\u0003\u0001\u0002", FrameResult.NotSip)]
    [InlineData(" OPTIONS sip:a SIP/2.0\r\n", FrameResult.NotSip)]
    [InlineData("\rOPTIONS", FrameResult.NotSip)]
    [InlineData("\0", FrameResult.NotSip)]
    public void Refuses_what_has_no_known_end(string text, FrameResult fault) =>
        Assert.Equal(fault, Frame(Encoding.ASCII.GetBytes(text), []).Fault);

    [Fact]
    public void Refuses_headers_without_end()
    {
        var octets = Encoding.ASCII.GetBytes("OPTIONS sip:a SIP/2.0\r\nX: " + new string('x', StreamFramer.DefaultMaxHeader));
        Assert.Equal(FrameResult.HeaderTooLong, Frame(octets, Enumerable.Range(0, 40).Select(cut => cut * 1000)).Fault);
    }

    [Fact]
    public void Takes_a_message_at_its_limit_and_none_beyond()
    {
        const string header = "OPTIONS sip:a SIP/2.0\r\nl: 10\r\n\r\n";
        var octets = Encoding.ASCII.GetBytes(header + "0123456789");

        Assert.Equal(FrameResult.Message, new StreamFramer(octets.Length, header.Length).Next(octets, out var length));
        Assert.Equal(octets.Length, length);
        Assert.Equal(FrameResult.MessageTooLong, new StreamFramer(octets.Length - 1, header.Length).Next(octets, out _));
        Assert.Equal(FrameResult.HeaderTooLong, new StreamFramer(octets.Length, header.Length - 1).Next(octets, out _));
    }

    [Fact]
    public void Survives_any_octets() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), octets =>
    {
        var framer = new StreamFramer();
        var result = framer.Next(octets, out var length);
        return length <= octets.Length && (length > 0) == (result is FrameResult.Message or FrameResult.Blank or FrameResult.Ping);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Knows_whether_a_message_was_begun()
    {
        var framer = new StreamFramer();
        framer.Next("\r"u8, out _);
        Assert.False(framer.InMessage);
        framer.Next("O"u8, out _);
        Assert.True(framer.InMessage);
        framer.Next(Encoding.ASCII.GetBytes(Valid[0]), out _);
        Assert.False(framer.InMessage);
    }

    public static TheoryData<string> ValidMessages() => [.. Valid];

    /// <summary>Feeds the octets up to each cut, and then all.</summary>
    private static (List<string> Messages, int Pings, FrameResult? Fault) Frame(byte[] octets, IEnumerable<int> cuts)
    {
        var framer = new StreamFramer();
        var messages = new List<string>();
        var (start, pings) = (0, 0);
        foreach (var end in cuts.Where(cut => cut < octets.Length).Order().Append(octets.Length))
        {
            FrameResult result;
            while (end > start && (result = framer.Next(octets.AsSpan(start, end - start), out var length)) != FrameResult.Incomplete)
            {
                if (result >= FrameResult.NotSip)
                {
                    return (messages, pings, result);
                }

                pings += result == FrameResult.Ping ? 1 : 0;
                if (result == FrameResult.Message)
                {
                    messages.Add(Encoding.ASCII.GetString(octets, start, length));
                }

                start += length;
            }
        }

        return (messages, pings, null);
    }
}
