using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Fuzz;

/// <summary>SDP is refused, or what is written of it is sound and is written again the same, with a codec less or without.</summary>
internal sealed class SdpTarget() : Target("sdp", Load("sdp", "*.sdp"))
{
    private static readonly SdpCodecRules WithoutPcmu = new() { Remove = [SdpCodec.TryParse("PCMU")!], Prefer = [SdpCodec.TryParse("opus")!] };
    private static readonly SdpOrigin Origin = new(4711, 2, IpAddress.Parse("198.18.0.1"));

    public override string? Check(byte[] input, int seed)
    {
        var description = new SdpDescription();
        if (SdpParser.Parse(description, input, 0, input.Length) != SdpFault.None)
        {
            return null;
        }

        var filter = new SdpCodecFilter();
        filter.Read(description, WithoutPcmu, isOffer: true);
        return CheckWritten(description, Write(description, input.Length), null) ?? CheckWritten(description, Write(description, input.Length, filter), filter);
    }

    private static string? CheckWritten(SdpDescription description, byte[]? written, SdpCodecFilter? filter)
    {
        if (written is null)
        {
            return null;
        }

        var again = new SdpDescription();
        var fault = SdpParser.Parse(again, written, 0, written.Length);
        return fault != SdpFault.None ? $"What was written is malformed: {fault}."
            : again.MediaCount != description.MediaCount ? "The number of streams changed."
            : filter is not null || written.AsSpan().SequenceEqual(Write(again, written.Length)) ? null : "Written again it changes.";
    }

    /// <summary>Null where the room is too small for it, which is an answer too.</summary>
    private static byte[]? Write(SdpDescription description, int length, SdpCodecFilter? filter = null)
    {
        var streams = new SdpStream[description.MediaCount];
        Array.Fill(streams, new SdpStream(30000, 30001));
        var destination = new byte[(length * 4) + 1024];
        var written = SdpRewriter.Write(description, Origin, streams, destination, filter);
        return written < 0 ? null : destination[..written];
    }
}
