using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <content>What a side sees of the gateway in descriptions of the other.</content>
internal sealed partial class MediaBridge
{
    private SdpStream Shown(int to, int index, bool sharesPort, SdpMux mux)
    {
        var port = Face(to).Port(index).Port;
        return new(port, sharesPort ? port : (ushort)(port + 1), Face(to).ShownOf(index)) { Mux = mux };
    }

    /// <summary>Whether a=rtcp, where there is one, names the port of RTP.</summary>
    private static bool SharesPort(in SdpMedia media, SdpMux mux) =>
        mux == SdpMux.Add || (mux == SdpMux.Keep && media.HasRtcpMux && media.RtcpPort == media.Port);

    /// <summary>The session's c= line is that of the first stream in use: the others have one of their own where theirs differs (RFC 8866 §5.7).</summary>
    private static IpAddress FirstShown(MediaFace face, ReadOnlySpan<SdpStream> streams)
    {
        foreach (ref readonly var stream in streams)
        {
            if (stream.Port != 0)
            {
                return stream.Address;
            }
        }

        return face.Shown;
    }

    private int WriteOnce(SdpDescription description, in SdpOrigin origin, ReadOnlySpan<SdpStream> streams, SdpCodecFilter? codecs, Span<byte> destination)
    {
        if (_security is null)
        {
            return WriteWithEvents(description, origin, streams, codecs, destination);
        }

        var length = WriteWithEvents(description, origin, streams, codecs, lane.KeylessDraft);
        return length < 0 ? length : WriteKeys(lane.KeylessDraft.AsSpan(0, length), streams.Length, destination);
    }

    /// <summary>Writes with the version that the side has seen, and once more with the next one if something else changed.</summary>
    private BridgeResult Write(int side, SdpDescription description, ReadOnlySpan<SdpStream> streams, bool isFirstOffer, SdpCodecFilter? codecs, Span<byte> destination, out int length)
    {
        var origin = End(side).Origin;
        var shown = FirstShown(Face(side), streams);
        length = WriteOnce(description, origin.Line(shown) with { IsFirstOffer = isFirstOffer, IsConcealed = IsConcealed }, streams, codecs, destination);
        if (length < 0)
        {
            return BridgeResult.TooLarge;
        }

        if (origin.Changes(SdpHash.WithoutVersion(destination[..length])))
        {
            length = WriteOnce(description, origin.Line(shown) with { IsFirstOffer = isFirstOffer, IsConcealed = IsConcealed }, streams, codecs, destination);
        }

        return length < 0 ? BridgeResult.TooLarge : BridgeResult.Done;
    }
}
