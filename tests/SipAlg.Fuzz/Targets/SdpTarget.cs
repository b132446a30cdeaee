using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Fuzz.Targets;

/// <summary>SDP is refused, or what is written of it is sound and is written again the same, with a codec less or without.</summary>
internal sealed class SdpTarget() : Target("sdp", 120, Load("sdp", "*.sdp"), SdpWords)
{
    private static readonly byte[][] SdpWords = Texts(
        "\r\n", "\n", "\r", "\0", " ", ":", "=", "/", ";", "v=0\r\n", "o=- 1 1 IN IP4 192.0.2.1\r\n", "s=-\r\n", "t=0 0\r\n", "c=IN IP4 192.0.2.1\r\n", "c=IN IP6 ::1\r\n", "c=IN IP4 224.2.1.1/127/3\r\n", "c=IN IP4 0.0.0.0\r\n",
        "m=audio 49170 RTP/AVP 0 8 96\r\n", "m=audio 0 RTP/AVP 0\r\n", "m=video 51372 RTP/SAVPF 99\r\n", "m=image 4 udptl t38\r\n", "m=message 7 TCP/MSRP *\r\n", "m=audio 5/2 RTP/AVP 0\r\n", "a=rtpmap:96 opus/48000/2\r\n", "a=rtpmap:0 PCMU/8000\r\n",
        "a=fmtp:96 ", "a=rtcp:49171\r\n", "a=rtcp:5 IN IP4 192.0.2.9\r\n", "a=rtcp-mux\r\n", "a=sendonly\r\n", "a=inactive\r\n", "a=recvonly\r\n", "a=candidate:1 1 udp 2130706431 192.0.2.1 9 typ host\r\n", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:",
        "a=ice-ufrag:x\r\n", "a=fingerprint:sha-256 ", "a=setup:actpass\r\n", "a=group:BUNDLE 0 1\r\n", "a=mid:0\r\n", "a=ptime:20\r\n", "b=AS:64\r\n", "k=clear:x\r\n", "z=0 0\r\n", "i=x\r\n", "telephone-event/8000", "IN IP4 ", "65536", "-1");

    private static readonly SdpCodecRules WithoutPcmu = new() { Remove = [SdpCodec.TryParse("PCMU")!], Prefer = [SdpCodec.TryParse("opus")!] };
    private static readonly SdpOrigin Origin = new(4711, 2, IpAddress.Parse("198.18.0.1"));

    private readonly SdpDescription _description = new();
    private readonly SdpDescription _again = new();
    private readonly SdpCodecFilter _filter = new();
    private readonly SdpStream[] _streams = Fill();
    private readonly byte[] _written = new byte[(4 * FuzzInput.MaxLength) + 1024];
    private readonly byte[] _second = new byte[(4 * FuzzInput.MaxLength) + 1024];

    private static SdpStream[] Fill()
    {
        var streams = new SdpStream[SdpDescription.MaxMedia];
        Array.Fill(streams, new SdpStream(30000, 30001));
        return streams;
    }

    public override string? Check(FuzzInput input, Features features)
    {
        var fault = SdpParser.Parse(_description, input.Buffer, FuzzInput.Start, input.Length);
        features.Add(1, (int)fault);
        if (fault != SdpFault.None)
        {
            return null;
        }

        Note(features);
        _filter.Read(_description, WithoutPcmu, isOffer: true);
        return Written(input, null) ?? Written(input, _filter);
    }

    private void Note(Features features)
    {
        features.AddSize(2, _description.MediaCount);
        features.Add(3, (int)_description.Direction);
        for (var index = 0; index < Math.Min(_description.MediaCount, 4); index++)
        {
            ref readonly var media = ref _description.Media(index);
            features.Add(4, (int)media.Transport);
            features.Add(5, ((int)media.Direction << 1) | (media.Port == 0 ? 1 : 0));
            foreach (ref readonly var line in _description.MediaLines(index))
            {
                features.Add(6, (int)line.Attribute);
            }
        }

        foreach (ref readonly var line in _description.SessionLines)
        {
            features.Add(7, ((int)line.Attribute << 8) | line.Type);
        }
    }

    private string? Written(FuzzInput input, SdpCodecFilter? filter)
    {
        var streams = _streams.AsSpan(0, _description.MediaCount);
        var room = Math.Min((input.Length * 4) + 1024, _written.Length);
        var length = SdpRewriter.Write(_description, Origin, streams, _written.AsSpan(0, room), filter);
        if (length is < 0 or > SdpDescription.MaxLength)
        {
            // The room is too small for it, which is an answer too.
            return null;
        }

        var fault = SdpParser.Parse(_again, _written, 0, length);
        if (fault != SdpFault.None || _again.MediaCount != _description.MediaCount)
        {
            return fault != SdpFault.None ? $"What was written is malformed: {fault}." : "The number of streams changed.";
        }

        var second = filter is null ? SdpRewriter.Write(_again, Origin, streams, _second) : -1;
        return second < 0 || _written.AsSpan(0, length).SequenceEqual(_second.AsSpan(0, second)) ? null : "Written again it changes.";
    }
}
