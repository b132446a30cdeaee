using SipAlg.Media;

namespace SipAlg.Calls.Media;

/// <summary>The ports that one m= line has towards a far side.</summary>
internal struct MediaLine
{
    /// <summary>What SDP announces; none where the stream has no port.</summary>
    public MediaPort Port;

    /// <summary>Of the family that the far side offers to receive in, until that is answered.</summary>
    public MediaPort Next;

    /// <summary>Of the other family than the announced one, for a far side that was offered that and answered to receive in the other.</summary>
    public MediaPort Away;

    /// <summary>The announced port is not of the family of the signalling.</summary>
    public bool IsOther;

    /// <summary>The far side offers to receive in the other family than the announced port's.</summary>
    public bool IsMoving;

    /// <summary>Packets leave from <see cref="Away"/>.</summary>
    public bool IsAway;

    /// <summary>Where packets leave from.</summary>
    public readonly MediaPort Exit => IsAway ? Away : Port;

    /// <summary>What is announced once the far side's offer is answered.</summary>
    public readonly MediaPort Coming => !IsMoving || LacksNext ? Port : Away.IsNone ? Next : Away;

    /// <summary>Whether that is not of the family of the signalling.</summary>
    public readonly bool IsComingOther => IsOther ^ (IsMoving && !LacksNext);

    /// <summary>It is to move, and has no port to move to.</summary>
    public readonly bool LacksNext => IsMoving && Next.IsNone && Away.IsNone;
}
