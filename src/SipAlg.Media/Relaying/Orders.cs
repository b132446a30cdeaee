using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Relaying;

/// <summary>What a pair does with the packets that arrive.</summary>
internal enum PairMode : byte
{
    /// <summary>Drops and counts them.</summary>
    Separate,

    /// <summary>Sends them from its partner to the partner's target.</summary>
    Join,

    /// <summary>Sends them back to its own target.</summary>
    Loop,

    /// <summary>Takes them and sends a tone.</summary>
    Tone,
}

/// <summary>
/// What the lane wants of a pair, taken over by the relay thread as a whole before its next packet.
/// </summary>
internal unsafe struct Orders
{
    /// <summary>The partner while its generation is this one; afterwards the pair belongs to somebody else.</summary>
    public Pair* Partner;
    public uint PartnerGeneration;

    public PairMode Mode;

    /// <summary>Telephone events are converted in the stream that arrives.</summary>
    public bool HasEvents;
    public bool RtcpMux;
    public bool RefusesDtls;

    /// <summary>The end's packets are encrypted.</summary>
    public bool IsSecure;

    /// <summary>From here on: what not every packet asks for.</summary>
    public bool PassesAll;

    /// <summary>RTCP can be read.</summary>
    public bool ReadsReports;

    /// <summary>The end is not to send.</summary>
    public bool IsSilent;

    /// <summary>How often it was told so: an order may be replaced before the relay thread has seen it.</summary>
    public byte Silences;

    public ToneCodec Codec;
    public byte PayloadType;
    public Latching Latching;
    public IpAddress Signalling;

    /// <summary>The SDP's endpoints; none: nothing is sent.</summary>
    public SockAddr Rtp;
    public SockAddr Rtcp;

    public void Aim(in MediaTarget target)
    {
        Rtp = target.IsHeld ? default : SockAddr.From(target.Rtp);
        Rtcp = target.IsHeld ? default : SockAddr.From(target.RtcpOrDefault);
        Signalling = target.Signalling;
        Latching = target.Latching;
        RtcpMux = target.RtcpMux;
        PassesAll = target.PassesAll;
        RefusesDtls = target.RefusesDtls;
        ReadsReports = target.ReadsReports;
        IsSilent = target.IsSilent;
        IsSecure = target.Keys is not null;
        Silences += (byte)(target.IsSilent ? 1 : 0);
    }
}
