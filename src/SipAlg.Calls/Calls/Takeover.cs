using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;

namespace SipAlg.Calls.Calls;

/// <summary>
/// A leg on its way from one call into another: its far side is offered the media of somebody there, and once that one too has agreed
/// the leg goes over.
/// </summary>
/// <param name="home">The call that it is still in.</param>
/// <param name="leg">Confirmed.</param>
/// <param name="face">Ports of the new call that face it; whoever takes the leg over has them.</param>
/// <param name="media">Its session with somebody there.</param>
internal sealed class Takeover(Call home, Leg leg, MediaFace face, MediaBridge media)
{
    public Call Home => home;
    public Leg Leg => leg;
    public MediaFace Face => face;
    public MediaBridge Media => media;

    /// <summary>The far side has taken the offer.</summary>
    public bool IsAgreed { get; set; }

    /// <summary>Nobody wants the leg any more, or it is there.</summary>
    public bool IsOver { get; set; }
}
