using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sdp;

/// <summary>Rewrites the lines of one section: the session's, or those of a media description after its m= line.</summary>
/// <param name="address">Our address for this section.</param>
/// <param name="isHold">The section's c= line holds its stream, and goes on doing so.</param>
/// <param name="rtcpPort">What a=rtcp says; 0 leaves it out.</param>
internal struct SdpSection(IpAddress address, bool isHold, ushort rtcpPort = 0)
{
    private readonly IpAddress _address = address;
    private readonly bool _isHold = isHold;
    private readonly ushort _rtcpPort = rtcpPort;
    private bool _hasConnection;

    /// <summary>A c= line is needed that the source does not have.</summary>
    public bool LacksConnection { get; set; }

    /// <summary>Lines that name the sender, or say something in words, stay behind: s=, i=, u=, e= and p= (RFC 8866 §5.3 to §5.6).</summary>
    public bool IsConcealed { get; set; }

    /// <summary>A t= line is needed that the source does not have.</summary>
    public bool LacksTiming { get; set; }

    /// <summary>What becomes of a=rtcp-mux.</summary>
    public SdpMux Mux { get; set; }

    public void Write(in SdpLine line, ref SdpOutput output)
    {
        Fill(line.Type, ref output);
        switch (line.Type)
        {
            case (byte)'a' when line.Attribute == SdpAttribute.Revealing:
            case (byte)'a' when line.Attribute == SdpAttribute.RtcpMuxOnly:
            case (byte)'a' when line.Attribute == SdpAttribute.RtcpMux && Mux == SdpMux.Drop:
            case (byte)'c' when _hasConnection:
            case (byte)'i' or (byte)'u' or (byte)'e' or (byte)'p' when IsConcealed:
                break;
            case (byte)'s' when IsConcealed:
                output.Append("s=-\r\n"u8);
                break;
            case (byte)'a' when line.Attribute == SdpAttribute.Rtcp:
                WriteRtcp(ref output);
                break;
            case (byte)'c':
                output.Connection(_address, _isHold);
                _hasConnection = true;
                break;
            default:
                output.Keep(in line);
                break;
        }
    }

    /// <summary>Writes what is still lacking at the section's end.</summary>
    public void Finish(ref SdpOutput output)
    {
        Fill((byte)'a', ref output);
        output.Append(Mux == SdpMux.Add ? "a=rtcp-mux\r\n"u8 : default);
    }

    /// <summary>Writes what is lacking before the first line that RFC 8866 §9 puts after it.</summary>
    private void Fill(byte nextType, ref SdpOutput output)
    {
        if (LacksConnection && "btrzka"u8.Contains(nextType))
        {
            output.Connection(_address, isHold: false);
            LacksConnection = false;
        }

        if (LacksTiming && "rzka"u8.Contains(nextType))
        {
            output.Append("t=0 0\r\n"u8);
            LacksTiming = false;
        }
    }

    private readonly void WriteRtcp(ref SdpOutput output)
    {
        if (_rtcpPort != 0)
        {
            output.Append("a=rtcp:"u8);
            output.Append(_rtcpPort);
            output.Append("\r\n"u8);
        }
    }
}
