using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <summary>A request of an agent until its final answer (RFC 3261 §17.1).</summary>
internal sealed class ClientTransaction
{
    private readonly SipAgent _agent;
    private readonly Action<WireMessage?> _heard;
    private readonly Repetition _repetition;
    private string? _ack;

    /// <param name="agent">Whose.</param>
    /// <param name="request">What was sent.</param>
    /// <param name="heard">Told of each answer that counts; null: none came.</param>
    public ClientTransaction(SipAgent agent, AgentRequest request, Action<WireMessage?> heard)
    {
        (_agent, Request, _heard) = (agent, request, heard);
        agent.Send(request.Text);
        _repetition = agent.Repeat(request.Text, IsInvite ? int.MaxValue : AgentTimes.T2, GiveUp);
    }

    public AgentRequest Request { get; }
    public bool IsInvite => Request.Method == "INVITE";
    public bool HasProvisional { get; private set; }
    public int Final { get; private set; }
    public bool IsCancelled { get; private set; }

    public void Receive(WireMessage response)
    {
        if (response.Status < 200)
        {
            OnProvisional(response);
        }
        else if (Final == 0)
        {
            Final = response.Status;
            _repetition.Stop();
            Acknowledge(response);
            _heard(response);
        }
        else if (IsInvite && Final < 300 && response.Status < 300)
        {
            // A repetition, or another dialog: each 2xx is its user's (RFC 6026 §7.2).
            _heard(response);
        }
        else if (_ack is not null && response.Status >= 300)
        {
            _agent.Send(_ack);
        }
    }

    private void OnProvisional(WireMessage response)
    {
        if (Final != 0)
        {
            return;
        }

        HasProvisional = true;
        if (IsInvite && !IsCancelled)
        {
            _repetition.Stop();
        }

        _heard(response);
    }

    private void Acknowledge(WireMessage response)
    {
        if (IsInvite && response.Status >= 300)
        {
            _ack = Request.Derive("ACK", response[Protocol.Sip.HeaderId.To]);
            _agent.Send(_ack);
        }
    }

    /// <summary>RFC 3261 §9.1: with a provisional answer and no final one; after 64·T1 it is given up.</summary>
    public void Cancel()
    {
        IsCancelled = true;
        _agent.Ask(Request.Cancel(), static _ => { });
        _agent.Expect(AgentTimes.Timeout, GiveUp);
    }

    private void GiveUp()
    {
        if (Final == 0)
        {
            Final = 408;
            _heard(null);
        }
    }
}
