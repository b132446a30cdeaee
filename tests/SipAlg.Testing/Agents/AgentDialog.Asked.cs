using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <content>What comes in it.</content>
public sealed partial class AgentDialog
{
    private ServerTransaction? _asked;

    /// <summary>Our 2xx until its ACK.</summary>
    private Repetition? _success;
    private uint _successSequence;

    internal void OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        if (State == AgentDialogState.Ended || (State == AgentDialogState.Lost && request.Method != "BYE"))
        {
            Reply(transaction, 481);
        }
        else if (request.CSeq < _remoteSequence)
        {
            Reply(transaction, 500);
        }
        else
        {
            _remoteSequence = request.CSeq;
            Serve(transaction);
        }
    }

    private void Serve(ServerTransaction transaction)
    {
        switch (transaction.Request.Method)
        {
            case "BYE":
                OnBye(transaction);
                break;
            case "INVITE":
                OnReinvite(transaction);
                break;
            case "UPDATE":
                OnUpdate(transaction);
                break;
            case "PRACK":
                OnPrack(transaction);
                break;
            case "NOTIFY":
                OnNotify(transaction);
                break;
            case "REFER":
                OnRefer(transaction);
                break;
            case "INFO" or "MESSAGE":
                Reply(transaction, 200);
                break;
            default:
                Reply(transaction, 501);
                break;
        }
    }

    private void OnBye(ServerTransaction bye)
    {
        var wasEarly = State is AgentDialogState.Early or AgentDialogState.Lost;
        if (wasEarly && Call.IsCaller)
        {
            // RFC 3261 §15: the callee may not.
            throw new Calls.SceneException($"A BYE of the callee on an early dialog:\n{bye.Request.Sent.Text}");
        }

        Reply(bye, 200);
        Leave(AgentEnd.TheirBye);
        if (wasEarly)
        {
            Call.OnEarlyBye();
        }
    }

    // ---- offers

    /// <summary>RFC 3261 §14.2, RFC 3311 §5.2: why an offer cannot be taken now; 0 if it can.</summary>
    private int WhyNotOffer() =>
        _asking is not null || Session.State == AgentSessionState.LocalOffer ? 491 :
        _asked is not null || Session.State != AgentSessionState.Stable ? 500 : 0;

    private void OnReinvite(ServerTransaction invite)
    {
        var status = State != AgentDialogState.Confirmed ? 491 : WhyNotOffer();
        if (status != 0)
        {
            Reply(invite, status, status == 500 ? "Retry-After: 3\r\n" : "");
            return;
        }

        // Who asks again has our 2xx (RFC 5407 §3.1.4).
        _success?.Stop();
        _success = null;
        _asked = invite;
        AcceptLater(invite);
        if (invite.Request.Description is { } offer)
        {
            Session.TakeOffer(offer);
        }
    }

    public bool IsAsked => _asked is not null;

    /// <summary>Says yes to the re-INVITE.</summary>
    public void AcceptReinvite()
    {
        var invite = _asked!;
        _asked = null;
        _target = invite.Request.Contact ?? _target;
        Succeed(invite, Session.State == AgentSessionState.RemoteOffer ? Session.Answer(_agent.Mark(), Call.Habits.TakesVideo) : Session.Offer(NextOffer(AgentChange.Resume)));
    }

    /// <summary>Says no to it.</summary>
    public void RefuseReinvite(int status)
    {
        var invite = _asked!;
        _asked = null;
        Session.Reject();
        Reply(invite, status);
    }

    internal void OnReinviteCancelled(ServerTransaction invite)
    {
        if (_asked == invite)
        {
            RefuseReinvite(487);
        }
    }

    private void OnUpdate(ServerTransaction update)
    {
        if (update.Request.Description is not { } offer)
        {
            Reply(update, 200, ContactLine + AnswerSession(update.Request));
            return;
        }

        var status = _open > 0 && Session.State == AgentSessionState.LocalOffer ? 491 : WhyNotOffer();
        if (status != 0)
        {
            Reply(update, status, status == 500 ? "Retry-After: 3\r\n" : "");
            return;
        }

        Session.TakeOffer(offer);
        _target = update.Request.Contact ?? _target;
        Reply(update, 200, ContactLine + AnswerSession(update.Request), Session.Answer(_agent.Mark(), Call.Habits.TakesVideo));
    }

    // ---- answering

    private void Reply(ServerTransaction transaction, int status, string headers = "", AgentDescription? body = null)
    {
        WasLost |= status == 481;
        transaction.Respond(status, LocalTag, headers, Write(body));
    }

    /// <summary>RFC 3261 §13.3.1.4: the 2xx again until its ACK comes, then BYE.</summary>
    private void Succeed(ServerTransaction invite, AgentDescription? body)
    {
        var text = invite.Respond(200, LocalTag, ContactLine + AnswerSession(invite.Request), Write(body));
        _successSequence = invite.Request.CSeq;
        _success = _agent.Repeat(text, AgentTimes.T2, OnAckMissing);
    }

    private void OnAckMissing()
    {
        _success = null;
        if (State == AgentDialogState.Confirmed)
        {
            HangUp(AgentEnd.AckMissing);
        }
    }

    internal void OnAck(WireMessage ack)
    {
        if (_success is null || ack.CSeq != _successSequence)
        {
            return;
        }

        _success.Stop();
        _success = null;
        if (State == AgentDialogState.Ended || Session.State != AgentSessionState.LocalOffer || _open > 0 || _asking is not null)
        {
            return;
        }

        if (ack.Description is { } answer)
        {
            Session.TakeAnswer(answer);
        }
        else
        {
            // RFC 3261 §13.2.2.4: nothing was agreed, so there is no session to go on with.
            Session.Reject();
        }
    }
}
