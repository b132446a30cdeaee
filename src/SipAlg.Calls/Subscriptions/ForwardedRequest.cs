using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Subscriptions;

/// <summary>A request in the dialog of one end that went on to the other; its sender waits for the answer.</summary>
internal sealed class ForwardedRequest(DialogEnd from, DialogEnd to, TransactionId asked, TransactionId asking, SipMethod method)
{
    /// <summary>What all responses to it share.</summary>
    public StoredOctets ResponseFields;

    public DialogEnd From => from;
    public DialogEnd To => to;
    public TransactionId Asked => asked;
    public TransactionId Asking { get; set; } = asking;
    public SipMethod Method => method;

    /// <summary>The seconds that its Expires asks for; −1 without one.</summary>
    public int Expires { get; init; } = -1;
    public ForwardedRequest? Next { get; set; }
}
