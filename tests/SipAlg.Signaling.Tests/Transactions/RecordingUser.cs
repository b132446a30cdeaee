using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>Writes down what the transactions tell, as "request INVITE", "response 180 INVITE", "none BYE TimedOut".</summary>
internal sealed class RecordingUser : ISipLaneUser
{
    private TransactionLayer _transactions = null!;

    public List<string> Told { get; } = [];

    /// <summary>Of the last request or CANCEL.</summary>
    public TransactionId Transaction { get; private set; }
    public TransactionOwner Owner { get; private set; }

    /// <summary>Status and To tag to answer each request with at once; 0 to leave it.</summary>
    public int Answer { get; set; }

    public void Attach(TransactionLayer transactions) => _transactions = transactions;

    public void OnRequest(TransactionId transaction, SipMessage request, in Flow flow)
    {
        Told.Add($"request {Method(request)}");
        Transaction = transaction;
        if (Answer != 0)
        {
            _transactions.Reply(transaction, request, flow, Answer);
        }
    }

    public void OnAck(SipMessage ack, in Flow flow) => Told.Add($"ack {ack.CSeq}");

    public void OnCancel(TransactionId invite, TransactionOwner owner, SipMessage cancel)
    {
        Told.Add("cancel");
        (Transaction, Owner) = (invite, owner);
    }

    public void OnResponse(TransactionId transaction, TransactionOwner owner, SipMessage response, in Flow flow)
    {
        Told.Add($"response {response.Status} {Method(response)}");
        Owner = owner;
    }

    public void OnNoResponse(TransactionId transaction, TransactionOwner owner, SipMethod method, NoResponse reason)
    {
        Told.Add($"none {method.ToString().ToUpperInvariant()} {reason}");
        Owner = owner;
    }

    public void OnTimer(byte kind, int slot, uint generation) => Told.Add($"timer {kind} {slot} {generation}");

    public void EndTurn()
    {
        // Nothing is raised inside a turn here.
    }

    public void OnFault(Exception fault) => Told.Add($"fault {fault.Message}");

    private static string Method(SipMessage message) => Encoding.UTF8.GetString(message[message.MethodText]);
}
