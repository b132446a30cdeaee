using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class SdpBodyTests
{
    private const string Description = "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\n";
    private const string Mixed = "multipart/mixed;boundary=b1";
    private const string Sdp = "Content-Type: application/sdp\r\n\r\n" + Description;
    private const string Isup = "Content-Type: application/isup;version=etsi121\r\nContent-Disposition: signal;handling=optional\r\n\r\n\u0001\u0000\r\n--b\r\n";

    private static SdpBodyFault Locate(string contentType, string body, out string found)
    {
        var fault = SdpBody.Locate(SdpSamples.Bytes(contentType), SdpSamples.Bytes(body), out var part);
        found = body.Substring(part.Description.Offset, part.Description.Length);
        return fault;
    }

    [Theory]
    [InlineData("application/sdp")]
    [InlineData("Application/SDP ; charset=utf-8")]
    public void The_whole_body(string contentType)
    {
        Assert.Equal(SdpBodyFault.None, Locate(contentType, Description, out var found));
        Assert.Equal(Description, found);
    }

    [Theory]
    [InlineData(Mixed, "--b1\r\n" + Sdp + "\r\n--b1--\r\n")]
    [InlineData(Mixed, "--b1\r\n" + Sdp + "\r\n--b1--")]
    [InlineData(Mixed, "preamble\r\n--b1 \r\n" + Isup + "\r\n--b1\r\n" + Sdp + "\r\n--b1--\r\nepilogue --b1\r\n")]
    [InlineData("multipart/mixed; charset=\"a;boundary=no\\\"\"; BOUNDARY=\"b1\"; x", "--b1\r\n" + Sdp + "\r\n--b1--\r\n")]
    [InlineData("multipart/mixed;\r\n boundary=b1", "--b1\r\nContent-Type:\r\n application/sdp\r\nContent-Disposition: Session;handling=required\r\n\r\n" + Description + "\r\n--b1--\r\n")]
    [InlineData(Mixed, "--b1\nc: application/sdp\nContent-Transfer-Encoding: 8bit\n\n" + Description + "\n--b1--\n")]
    [InlineData(Mixed, "--b1\r\nContent-Type: multipart/alternative; boundary=b12\r\n\r\n--b12\r\n\r\ntext\r\n--b12\r\n" + Sdp + "\r\n--b12--\r\n\r\n--b1--\r\n")]
    public void A_part_of_a_body(string contentType, string body)
    {
        Assert.Equal(SdpBodyFault.None, Locate(contentType, body, out var found));
        Assert.Equal(Description, found);
    }

    [Theory]
    [InlineData("text/plain", Description, SdpBodyFault.NoDescription)]
    [InlineData("", Description, SdpBodyFault.NoDescription)]
    [InlineData("application/sdpx", Description, SdpBodyFault.NoDescription)]
    [InlineData(Mixed, "--b1\r\n" + Isup + "\r\n--b1--", SdpBodyFault.NoDescription)]
    [InlineData(Mixed, "--b1\r\n\r\napplication/sdp\r\n--b1--", SdpBodyFault.NoDescription)]
    [InlineData("multipart/mixed", "--b1\r\n" + Sdp + "\r\n--b1--", SdpBodyFault.Malformed)]
    [InlineData("multipart/mixed;boundary=", "--\r\n" + Sdp + "\r\n----", SdpBodyFault.Malformed)]
    [InlineData("multipart/mixed;boundary=\"b1", "--b1\r\n" + Sdp + "\r\n--b1--", SdpBodyFault.Malformed)]
    [InlineData(Mixed, "", SdpBodyFault.Malformed)]
    [InlineData(Mixed, "--b1", SdpBodyFault.Malformed)]
    [InlineData(Mixed, "--b1\r\n" + Sdp, SdpBodyFault.Malformed)]
    [InlineData(Mixed, "--b1\r\n" + Sdp + "\r\n--b1\r\n", SdpBodyFault.Malformed)]
    [InlineData(Mixed, "--b1\r\n" + Sdp + "\r\n--b1\r\n" + Sdp + "\r\n--b1--", SdpBodyFault.SeveralDescriptions)]
    [InlineData(Mixed, "--b1\r\nContent-Disposition: early-session\r\n" + Sdp + "\r\n--b1--", SdpBodyFault.OtherDisposition)]
    [InlineData(Mixed, "--b1\r\nContent-Transfer-Encoding: base64\r\n" + Sdp + "\r\n--b1--", SdpBodyFault.Encoded)]
    [InlineData(Mixed, "--b1\r\nContent-Length: 9\r\nContent-Type: multipart/mixed;boundary=b2\r\n\r\n--b2\r\n" + Sdp + "\r\n--b2--\r\n--b1--", SdpBodyFault.Malformed)]
    public void Says_why_there_is_none(string contentType, string body, SdpBodyFault fault)
    {
        Assert.Equal(fault, Locate(contentType, body, out var found));
        Assert.Equal("", found);
    }

    [Fact]
    public void Bounds_depth_and_parts()
    {
        Assert.Equal(SdpBodyFault.None, Locate("multipart/mixed;boundary=b1", Nested(SdpBody.MaxDepth), out _));
        Assert.Equal(SdpBodyFault.TooDeep, Locate("multipart/mixed;boundary=b1", Nested(SdpBody.MaxDepth + 1), out _));
        Assert.Equal(SdpBodyFault.NoDescription, Locate(Mixed, Parts(SdpBody.MaxParts), out _));
        Assert.Equal(SdpBodyFault.TooManyParts, Locate(Mixed, Parts(SdpBody.MaxParts + 1), out _));
    }

    private static string Nested(int depth, int level = 1) => depth == 0 ? Description :
        $"--b{level}\r\nContent-Type: {(depth == 1 ? "application/sdp" : $"multipart/mixed;boundary=b{level + 1}")}\r\n\r\n{Nested(depth - 1, level + 1)}\r\n--b{level}--\r\n";

    private static string Parts(int count) => string.Concat(Enumerable.Repeat("--b1\r\n\r\nx\r\n", count)) + "--b1--\r\n";

    [Theory]
    [InlineData("")]
    [InlineData("Content-Length: 32\r\n")]
    [InlineData("L:  0032 \r\n")]
    public void Replaces_it_and_its_length(string header)
    {
        var description = new string('x', 1234);
        var body = SdpSamples.Bytes($"--b1\r\n{Isup}\r\n--b1\r\n{header}{Sdp}\r\n--b1--\r\n");
        Assert.Equal(SdpBodyFault.None, SdpBody.Locate(SdpSamples.Bytes(Mixed), body, out var part));
        var destination = new byte[4000];
        var length = SdpBody.Replace(body, in part, SdpSamples.Bytes(description), destination);
        Assert.Equal(
            $"--b1\r\n{Isup}\r\n--b1\r\n{header.Replace("0032", "1234").Replace("32", "1234")}Content-Type: application/sdp\r\n\r\n{description}\r\n--b1--\r\n",
            SdpSamples.Text(destination.AsSpan(0, length)));
        Assert.Equal(-1, SdpBody.Replace(body, in part, SdpSamples.Bytes(description), destination.AsSpan(0, length - 1)));
    }

    [Fact]
    public void Never_points_outside()
    {
        var pieces = Gen.Elements(
            "--b1\r\n", "--b1--\r\n", "--b1", "--b2\r\n", "--b2--", "\r\n", "\n", "\r", Sdp, "Content-Type: multipart/mixed;boundary=b2\r\n", "c:", " ", "-", "b1",
            "Content-Length: 32\r\n", "\u0000");
        Prop.ForAll(Arb.From(pieces.ListOf()), list =>
        {
            var body = SdpSamples.Bytes(string.Concat(list));
            var fault = SdpBody.Locate(SdpSamples.Bytes(Mixed), body, out var part);
            return part.Description.End <= body.Length && (fault == SdpBodyFault.None) == (part != default);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
