using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <summary>A request to an agent, and what it answered last (RFC 3261 §17.2).</summary>
internal sealed class ServerTransaction(SipAgent agent, WireMessage request)
{
    private string? _last;
    private Repetition? _repetition;

    public WireMessage Request => request;
    public int Final { get; private set; }

    /// <summary>RFC 3261 §17.2.1: 100 to an INVITE that its user takes its time with.</summary>
    public void Try()
    {
        if (_last is null)
        {
            Respond(100, "");
        }
    }

    /// <summary>The request once more.</summary>
    public void Repeat()
    {
        // A 2xx to an INVITE is repeated by its user (RFC 6026 §7.1).
        if (_last is not null && !(request.Method == "INVITE" && Final is >= 200 and < 300))
        {
            agent.Send(_last);
        }
    }

    /// <summary>Answers it; a failure to an INVITE is repeated until its ACK.</summary>
    /// <param name="status">100 to 699.</param>
    /// <param name="tag">To's; empty for a 100.</param>
    /// <param name="headers">Whole lines.</param>
    /// <param name="body">SDP, or nothing.</param>
    /// <returns>The message.</returns>
    public string Respond(int status, string tag, string headers = "", string body = "")
    {
        var text = Phones.ScriptedPhone.Answer(request.Sent, status, "Phrase", tag, headers, body, "application/sdp");
        _last = text;
        Final = status >= 200 && Final == 0 ? status : Final;
        agent.Send(text);
        if (request.Method == "INVITE" && status >= 300)
        {
            _repetition = agent.Repeat(text, AgentTimes.T2, static () => { });
        }

        return text;
    }

    /// <summary>The ACK of a failure.</summary>
    public void Acknowledge() => _repetition?.Stop();
}
