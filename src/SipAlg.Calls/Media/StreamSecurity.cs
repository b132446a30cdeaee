using System.Diagnostics.CodeAnalysis;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>How one side has a stream whose keys end at the gateway.</summary>
/// <param name="IsSavp">Under RTP/SAVP; else under RTP/AVP, with keys (RFC 8643) or plain.</param>
/// <param name="Tag">Of the a=crypto line that was agreed on.</param>
/// <param name="Keys">Null: plain RTP.</param>
internal readonly record struct SideSecurity(bool IsSavp, int Tag, MediaKeys? Keys)
{
    /// <summary>The line that tells the side our key.</summary>
    public SdpCryptoLine[] Lines => Keys?.Send is { } own ? [new SdpCryptoLine(Tag, own.Suite, own.Master)] : [];
}

/// <summary>What one stream's offer and answer say of its encryption, where one of the sides has SRTP that ends at the gateway.</summary>
internal struct StreamSecurity
{
    /// <summary>It was agreed that the keys of both sides end here; else the stream crosses as it is.</summary>
    public bool IsTerminated;

    /// <summary>They will, once the offer is answered.</summary>
    public bool IsOfferTerminated;

    /// <summary>The side that offers, and whether the other one is offered RTP/SAVP.</summary>
    public SideSecurity Offerer;
    public bool IsSavpOffered;

    /// <summary>What is done to the description that is being crossed.</summary>
    public SdpCryptoChange Change;

    private SideSecurity _caller;
    private SideSecurity _callee;

    /// <summary>What was agreed on with a side.</summary>
    [UnscopedRef]
    public ref SideSecurity Side(int side) => ref side == 0 ? ref _caller : ref _callee;

    /// <summary>The caller's side becomes the callee's.</summary>
    public void Turn() => (_caller, _callee) = (_callee, _caller);
}
