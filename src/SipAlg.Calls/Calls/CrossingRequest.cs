using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <summary>A request on its way from one leg to the other; who asked waits for the answer.</summary>
internal sealed class CrossingRequest(Leg from, Leg to, TransactionId asked, TransactionId asking, SipMethod method, bool hasOffer)
{
    /// <summary>What all responses to it share.</summary>
    public StoredOctets ResponseFields;

    public Leg From => from;
    public Leg To => to;
    public TransactionId Asked => asked;
    public TransactionId Asking { get; set; } = asking;

    /// <summary>What it says of the session's time.</summary>
    public SessionRequest Session { get; init; }

    /// <summary>An UPDATE as it went on, where a 422 may make it longer.</summary>
    public StoredOctets Request;

    /// <summary>As it came.</summary>
    public SipMethod Method => method;

    /// <summary>It holds an offer, which its 2xx answers.</summary>
    public bool HasOffer => hasOffer;

    /// <summary>Who is asked had not acknowledged our 2xx: it may not have had it, and so not know the dialog yet.</summary>
    public bool MayBeEarly { get; init; }
    public CrossingRequest? Next { get; set; }

    public void Drop(OctetStore octets)
    {
        octets.Drop(ref ResponseFields);
        octets.Drop(ref Request);
    }
}
