using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;
using SipAlg.Testing;

namespace SipAlg.Protocol.Tests.Sdp;

public sealed class SdpAllocationTests
{
    [Theory]
    [InlineData("rfc-shaped/t38-reinvite-audio-disabled.sdp")]
    [InlineData("sdp-transform/jssip.sdp")]
    [InlineData("chromium/chromium156-audio-video-sendrecv.sdp")]
    public void Reading_and_rewriting_allocates_nothing(string file)
    {
        var bytes = SdpSamples.Read(file);
        var description = new SdpDescription();
        var destination = new byte[bytes.Length * 2];
        var streams = SdpSamples.Streams(2);
        var origin = new SdpOrigin(4711, 2, IpAddress.Parse("198.18.0.1"));
        var length = Rewrite(description, bytes, streams, origin, destination);

        Assert.Equal(0, Allocations.Of(() => Rewrite(description, bytes, streams, origin, destination)));
        Assert.True(length > 0);
    }

    private static int Rewrite(SdpDescription description, byte[] bytes, SdpStream[] streams, in SdpOrigin origin, byte[] destination)
    {
        if (SdpParser.Parse(description, bytes, 0, bytes.Length) != SdpFault.None)
        {
            return int.MinValue;
        }

        var length = SdpRewriter.Write(description, in origin, streams.AsSpan(0, description.MediaCount), destination);
        return SdpHash.WithoutVersion(destination.AsSpan(0, length)) == 0 ? 0 : length;
    }
}
