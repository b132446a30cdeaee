using SipAlg.Calls.Bans;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Lanes;

/// <content>Sources that misbehave.</content>
public sealed partial class CallLane
{
    /// <summary>Weighs what strangers send.</summary>
    internal LaneBans Bans { get; }

    /// <summary>Whether a call or a subscription goes to this source, or to its neighbours in an IPv6 network. Looks at all of them.</summary>
    internal bool HasCallAt(IpAddress source)
    {
        var household = Prefixes.Household(source);
        for (var slot = 0; slot < _slots.Top; slot++)
        {
            if (At(slot)?.IsAt(household) == true)
            {
                return true;
            }
        }

        return false;
    }
}
