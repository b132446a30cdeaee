using SipAlg.Calls.Fraud;
using SipAlg.Calls.Legs;

namespace SipAlg.Calls.Calls;

/// <summary>
/// A transfer that the gateway carries out (RFC 5589): from the REFER until somebody else is in the place of who sent it, or it has
/// failed.
/// </summary>
/// <param name="call">The call in which it was asked for.</param>
/// <param name="by">Whose far side asked, and is to be replaced.</param>
/// <param name="stays">Whose far side stays, and gets another partner.</param>
internal sealed class Transfer(Call call, Leg by, Leg stays)
{
    public Call Call => call;
    public Leg By => by;
    public Leg Stays => stays;

    /// <summary>The number that it leads to, unescaped UTF-8.</summary>
    public byte[] To { get; init; } = [];

    /// <summary>The call that the gateway makes to the target, while that has not answered; null for a dialog that stands.</summary>
    public Call? Attempt { get; set; }

    /// <summary>The leg that comes; null before its call is answered.</summary>
    public Takeover? Comes { get; set; }

    /// <summary>The dialog that is joined, while it rings (a transfer before the consultation was answered).</summary>
    public Call? Awaited { get; set; }

    /// <summary>What who transferred pays for it; null: nothing.</summary>
    public CallCharge? Charge { get; set; }

    /// <summary>The target has agreed, and who stays is being asked.</summary>
    public bool IsJoining { get; set; }
}
