using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Tests.Rtp;

/// <summary>Reports on streams that were changed on their way.</summary>
public sealed class RtcpCorrectionTests
{
    private const string SenderReport =
        "81C8000C" + "0000000A" + "E1000000" + "80000000" + "00000010" + "00000020" + "00000030" +
        "0000000B" + "40FFFFFE" + "00010002" + "00000003" + "00000004" + "00000005";

    private const string ReceiverReport = "81C90007" + "0000000A" + "0000000B" + "40FFFFFE" + "00010002" + "00000003" + "00000004" + "00000005";
    private const string Goodbye = "81CB0001" + "0000000A";

    private static string Corrected(string hex, StreamChange sent, StreamChange heard)
    {
        var octets = Convert.FromHexString(hex);
        RtcpCorrection.Apply(octets, sent, heard);
        return Convert.ToHexString(octets);
    }

    [Fact]
    public void The_sender_has_sent_what_goes_on() => Assert.Equal(
        SenderReport.Replace("0000002000000030", "000000230000002C", StringComparison.Ordinal) + Goodbye,
        Corrected(SenderReport + Goodbye, new StreamChange(10, 3, -4, 3), default));

    [Fact]
    public void The_receiver_has_heard_what_was_sent()
    {
        var heard = new StreamChange(11, 3, 12, 3);
        Assert.Equal(SenderReport.Replace("00010002", "0000FFFF", StringComparison.Ordinal), Corrected(SenderReport, default, heard));
        Assert.Equal(ReceiverReport.Replace("00010002", "0000FFFF", StringComparison.Ordinal), Corrected(ReceiverReport, default, heard));
        Assert.Equal(ReceiverReport.Replace("00010002", "00010007", StringComparison.Ordinal), Corrected(ReceiverReport, default, heard with { Sequence = -5 }));
    }

    [Fact]
    public void Reports_of_others_stay()
    {
        Assert.Equal(SenderReport + Goodbye, Corrected(SenderReport + Goodbye, new StreamChange(9, 3, 4, 3), new StreamChange(12, 3, 4, 3)));
        Assert.Equal(SenderReport, Corrected(SenderReport, new StreamChange(null, 3, 4, 3), default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("81C8000C0000000A")]
    [InlineData("81C900070000000A0000000B")]
    [InlineData("81C900010000000A")]
    [InlineData("9FC80006" + "0000000A" + "E1000000" + "80000000" + "00000010" + "00000020" + "00000030")]
    public void What_is_cut_is_left(string hex) => Assert.Equal(hex, Corrected(hex, new StreamChange(11, 3, 4, 3), new StreamChange(10, 3, 4, 3)));

    [Fact]
    public void Nothing_that_comes_breaks_it() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 255).ListOf()),
        octets =>
        {
            var datagram = Convert.FromHexString(SenderReport + ReceiverReport).Concat(octets.Select(octet => (byte)octet)).ToArray();
            for (var index = 0; index < octets.Count; index++)
            {
                datagram[octets[index] % datagram.Length] = (byte)octets[(index + 1) % octets.Count];
            }

            RtcpCorrection.Apply(datagram, new StreamChange(10, 3, 4, 3), new StreamChange(11, 3, 4, 3));
            return true;
        }).QuickCheckThrowOnFailure();
}
