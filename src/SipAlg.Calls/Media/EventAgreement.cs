using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>What one stream's offer and answer say of telephone events, where one side has its digits in INFO. "They": the other side.</summary>
internal struct EventAgreement
{
    /// <summary>Both the offer and, below, the answer are of plain RTP audio.</summary>
    public bool IsOfferPlain;
    public bool IsPlain;

    /// <summary>The formats that they are offered or offer.</summary>
    public TelephoneEventFormats Offered;

    /// <summary>They receive, by their offer and, below, by what holds.</summary>
    public bool IsOfferTaking;
    public bool IsTaking;

    /// <summary>What they send events with; none if nothing was agreed on.</summary>
    public TelephoneEventFormats Sent;

    /// <summary>How they want events; null if they take none.</summary>
    public TelephoneEventFormat? Wanted;
    public int ClockRate;

    /// <summary>What is done to the description that is being crossed.</summary>
    public SdpEventChange Change;
}
