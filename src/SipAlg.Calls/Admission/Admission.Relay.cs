using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Admission;

/// <content>Phones whose registrar is a peer: who has registered there is admitted, and towards that peer only.</content>
internal sealed partial class Admission
{
    private const SipExtensions KnownToRelay = Known | SipExtensions.Path;

    /// <summary>It goes on while the gateway drains: phones stay registered.</summary>
    private void OnRelayed(TransactionId transaction, SipMessage register, in Flow flow, Realm realm, RelaySettings settings)
    {
        if (!AreExtensionsKnown(transaction, register, flow, KnownToRelay))
        {
            return;
        }

        if (register.MaxForwards == 0)
        {
            lane.Refuse(transaction, register, flow, 483, Lanes.RefusalReason.TooManyHops);
            return;
        }

        if (!register.Has(HeaderId.Authorization) && !lane.Admitted.Has(realm.Index, flow))
        {
            lane.Bans.OnStranger(register, flow);
        }

        lane.Relay!.OnRegister(transaction, register, flow, realm, settings);
    }
}
