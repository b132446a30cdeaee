using SipAlg.Testing.Calls;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <content>What its user does in it, and what is answered.</content>
public sealed partial class AgentDialog
{
    private ClientTransaction? _asking;
    private readonly Dictionary<uint, string> _acks = [];

    /// <summary>Requests other than INVITE and BYE without an answer; one at a time, since UDP may turn two round (RFC 3261 §12.2.2).</summary>
    private int _open;

    /// <summary>
    /// RFC 3261 §15: the caller on an early dialog too, and who answered not before the ACK. A dialog whose answer is an offer
    /// has not been agreed before the ACK is out, which is when it came.
    /// </summary>
    public bool MayHangUp => State switch
    {
        AgentDialogState.Confirmed => _success is null,
        AgentDialogState.Early => Call.IsCaller && RemoteTag.Length > 0 && Call.Final == 0 && !Call.IsCancelled,
        _ => false,
    };

    public void HangUp() => HangUp(AgentEnd.OwnBye);

    private void HangUp(AgentEnd reason)
    {
        Leave(reason);
        Ask("BYE", "", null, static _ => { });
    }

    /// <summary>Nothing of it is open any more.</summary>
    private void Leave(AgentEnd reason)
    {
        // A 2xx is repeated until its ACK whatever became of the dialog (RFC 3261 §13.3.1.4).
        (State, EndedBy) = (AgentDialogState.Ended, reason);
        _reliable?.Stop();
        Agree(0, false);
        if (_asked is { } asked)
        {
            _asked = null;
            asked.Respond(487, LocalTag);
        }
    }

    /// <summary>The far side does not know the dialog any more.</summary>
    private void OnLost()
    {
        if (State == AgentDialogState.Confirmed)
        {
            HangUp(AgentEnd.Lost);
        }
    }

    private bool SaysLost(WireMessage? answer)
    {
        WasLost |= answer is null;
        return answer is null or { Status: 408 or 481 };
    }

    // ---- re-INVITE

    /// <summary>RFC 3261 §14.1; who has just answered may, though the ACK is still to come (RFC 5407 §3.1.4).</summary>
    public bool MayReinvite => State == AgentDialogState.Confirmed && _asking is null && _asked is null && _open == 0 && Session.State == AgentSessionState.Stable;

    /// <param name="change">Null: the other side has to offer.</param>
    public void Reinvite(AgentChange? change)
    {
        var offer = change is { } what ? Session.Offer(NextOffer(what)) : null;
        _asking = Ask("INVITE", "", offer, answer => OnReinviteAnswer(answer, offer is not null));
    }

    public bool MayCancelReinvite => _asking is { HasProvisional: true, Final: 0, IsCancelled: false };

    public void CancelReinvite() => _asking!.Cancel();

    private void OnReinviteAnswer(WireMessage? answer, bool hasOffered)
    {
        if (answer is { Status: < 200 })
        {
            return;
        }

        if (answer is { Status: < 300 })
        {
            OnReinvited(answer, hasOffered);
            return;
        }

        _asking = null;
        OnOfferAnswered(hasOffered, answer);
        if (SaysLost(answer))
        {
            OnLost();
        }
    }

    private void OnReinvited(WireMessage answer, bool hasOffered)
    {
        if (_acks.ContainsKey(answer.CSeq))
        {
            AcknowledgeAgain(answer.CSeq);
            return;
        }

        _asking = null;
        AgentDescription? description = null;
        var said = answer.Description ?? throw new SceneException($"A 2xx without SDP:\n{answer.Sent.Text}");
        if (State == AgentDialogState.Ended)
        {
            // The ACK has its answer whatever the dialog has come to (RFC 3261 §13.2.2.4).
            description = hasOffered ? null : said.AnsweredBy(_agent.Mark(), Call.Habits.TakesVideo);
        }
        else if (hasOffered)
        {
            Session.TakeAnswer(said);
        }
        else
        {
            Session.TakeOffer(said);
            description = Session.Answer(_agent.Mark(), Call.Habits.TakesVideo);
        }

        HearSession(answer);
        Learn(answer, "");
        Acknowledge(answer.CSeq, description);
    }

    private void Acknowledge(uint sequence, AgentDescription? body)
    {
        var request = Request("ACK", sequence, Phones.ScriptedPhone.Body(Write(body), "application/sdp"));
        _acks[sequence] = request.Text;
        _agent.Send(request.Text);
    }

    /// <summary>The 2xx once more: the ACK was lost.</summary>
    private void AcknowledgeAgain(uint sequence) => _agent.Send(_acks[sequence]);

    // ---- other requests

    /// <summary>RFC 3311 §5.1: in an early dialog only after a reliable answer.</summary>
    public bool MayUpdate => _open == 0 && _asking is null && _asked is null && Session.State == AgentSessionState.Stable && IsReachable;

    /// <summary>The far side knows the dialog: it has confirmed it, or has acknowledged a reliable response in it.</summary>
    private bool IsReachable => State switch
    {
        AgentDialogState.Confirmed => _success is null,
        AgentDialogState.Early => Call.Final == 0 && _isSettledEarly && !_isUnpracked,
        _ => false,
    };

    public void Update(AgentChange change)
    {
        var offer = Session.Offer(NextOffer(change));
        _open++;
        Ask("UPDATE", "", offer, answer => OnOpenAnswered(answer, true, isUpdate: true));
    }

    public bool MayRequest => _open == 0 && State == AgentDialogState.Confirmed && _success is null;

    /// <summary>INFO or any other method without an offer.</summary>
    public void Send(string method)
    {
        _open++;
        Ask(method, "", null, answer => OnOpenAnswered(answer, false));
    }

    private void OnOpenAnswered(WireMessage? answer, bool hasOffered, bool isUpdate = false)
    {
        if (answer is { Status: < 200 })
        {
            return;
        }

        _open--;
        OnOfferAnswered(hasOffered, answer);
        if (SaysLost(answer))
        {
            OnLost();
        }
        else if (isUpdate && answer!.Status < 300)
        {
            HearSession(answer);
        }
    }

    /// <summary>What became of an offer of ours.</summary>
    private void OnOfferAnswered(bool hasOffered, WireMessage? answer)
    {
        if (!hasOffered || State is AgentDialogState.Ended or AgentDialogState.Lost)
        {
            return;
        }

        if (answer is { Status: < 300 })
        {
            Session.TakeAnswer(answer.Description ?? throw new SceneException($"An offer without an answer:\n{answer.Sent.Text}"));
        }
        else
        {
            Session.Reject();
        }
    }
}
