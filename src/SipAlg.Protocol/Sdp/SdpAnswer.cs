namespace SipAlg.Protocol.Sdp;

/// <summary>Which formats an answer of the gateway's own services takes.</summary>
public enum SdpAnswerFormats : byte
{
    /// <summary>All that were offered: for echo, which sends back what it receives.</summary>
    All,

    /// <summary>One of PCMA and PCMU, with telephone-event when offered: see <see cref="SdpG711"/>.</summary>
    G711,
}

/// <summary>
/// Writes the answers of the gateway's own services: plain RTP audio is accepted, everything else refused in its place
/// (RFC 3264 §6).
/// </summary>
public static class SdpAnswer
{
    /// <summary>Whether a stream can be accepted; the caller takes ports for those and answers 488 when there are none.</summary>
    public static bool CanAccept(SdpDescription offer, int index, SdpAnswerFormats formats)
    {
        ref readonly var media = ref offer.Media(index);
        return media.Port != 0 && media.IsAudio && media.Transport.IsPlainRtp() &&
            (formats == SdpAnswerFormats.All || SdpG711.TryChoose(offer, index, out _));
    }

    /// <summary>Writes the answer; rtcp-mux is accepted where a stream's two ports are the same (RFC 5761 §5.1.1).</summary>
    /// <param name="offer">The offer, without fault.</param>
    /// <param name="origin">Our ids and our address.</param>
    /// <param name="streams">One for each m= line; those that <see cref="CanAccept"/> denies are refused whatever is said here.</param>
    /// <param name="formats">Which formats to take.</param>
    /// <param name="wanted">What the service does; the answer says as much of it as the offer allows.</param>
    /// <param name="destination">Where to write; must not overlap the offer.</param>
    /// <returns>Octets written, or −1 when they do not fit.</returns>
    public static int Write(
        SdpDescription offer, in SdpOrigin origin, ReadOnlySpan<SdpStream> streams, SdpAnswerFormats formats, SdpDirection wanted, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(streams.Length, offer.MediaCount);
        ArgumentOutOfRangeException.ThrowIfEqual(origin.Address.IsNone, true);
        var output = new SdpOutput(offer.Buffer, destination);
        WriteSession(offer, in origin, ref output);
        for (var i = 0; i < streams.Length; i++)
        {
            if (streams[i].Port != 0 && CanAccept(offer, i, formats))
            {
                Accept(offer, i, in origin, in streams[i], formats, wanted, ref output);
            }
            else
            {
                output.Media(in offer.Media(i), 0, offer.Bytes(offer.Media(i).Formats));
            }
        }

        return output.Finish();
    }

    /// <summary>RFC 3264 §6: the answer's t= lines are those of the offer.</summary>
    private static void WriteSession(SdpDescription offer, in SdpOrigin origin, ref SdpOutput output)
    {
        output.Append("v=0\r\n"u8);
        output.Origin(in origin);
        output.Append("s=-\r\n"u8);
        output.Connection(origin.Address, isHold: false);
        output.Append(offer.HasTiming ? default : "t=0 0\r\n"u8);
        foreach (ref readonly var line in offer.SessionLines)
        {
            if (line.Type == 't')
            {
                output.Keep(in line);
            }
        }
    }

    private static void Accept(
        SdpDescription offer, int index, in SdpOrigin origin, in SdpStream stream, SdpAnswerFormats formats, SdpDirection wanted, ref SdpOutput output)
    {
        ref readonly var media = ref offer.Media(index);
        var isChosen = SdpG711.TryChoose(offer, index, out var choice) && formats == SdpAnswerFormats.G711;
        Span<byte> chosen = stackalloc byte[SdpG711.MaxFormatsLength];
        output.Media(in media, stream.Port, isChosen ? chosen[..choice.WriteFormats(chosen)] : offer.Bytes(media.Formats));
        var address = stream.AddressOr(origin.Address);
        if (address != origin.Address)
        {
            output.Connection(address, isHold: false);
        }

        foreach (ref readonly var line in offer.MediaLines(index)[1..])
        {
            if (IsAnswered(in line, in stream) && (!isChosen || !IsOfOtherFormat(offer, in line, in choice)))
            {
                output.Keep(in line);
            }
        }

        output.Append(media.LacksRtcpMux && stream.RtcpPort == stream.Port ? "a=rtcp-mux\r\n"u8 : default);
        output.Append("a="u8);
        output.Append(SdpDirections.Name(SdpDirections.Answer(media.Direction, wanted)));
        output.Append("\r\n"u8);
    }

    private static bool IsAnswered(in SdpLine line, in SdpStream stream) => line.Attribute switch
    {
        SdpAttribute.Rtpmap or SdpAttribute.Fmtp or SdpAttribute.Ptime or SdpAttribute.MaxPtime or SdpAttribute.Mid => true,
        SdpAttribute.RtcpMux => stream.RtcpPort == stream.Port,
        _ => false,
    };

    private static bool IsOfOtherFormat(SdpDescription offer, in SdpLine line, in SdpG711 choice)
    {
        if (line.Attribute is not (SdpAttribute.Rtpmap or SdpAttribute.Fmtp))
        {
            return false;
        }

        var value = line.ValueStart + offer.Buffer.AsSpan(line.ValueStart, line.Length - 2).IndexOf((byte)':') + 1;
        var tokens = new SdpTokens(offer.Buffer, value, line.End);
        return !tokens.Next(out var format) || !SdpTokens.TryReadNumber(offer.Bytes(format), 127, out var type) || !choice.Holds(type);
    }
}
