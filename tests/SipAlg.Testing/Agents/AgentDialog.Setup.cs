using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <content>Until the first 2xx: provisional answers, PRACK, and the 2xx itself.</content>
public sealed partial class AgentDialog
{
    private Repetition? _reliable;
    private bool _isUnpracked;
    private uint _reliableSent;
    private bool _reliableHasDescription;
    private uint _reliableSeen;
    private string? _previewed;

    /// <summary>The answer stood in a reliable response, or an offer in one was answered.</summary>
    private bool _isSettledEarly;

    // ---- the caller

    /// <summary>A 2xx came in it.</summary>
    internal bool IsAnswered { get; private set; }

    internal void OnProvisional(WireMessage response)
    {
        var number = response.ReliableNumber;
        if (number == 0 || (_reliableSeen != 0 && number != _reliableSeen + 1))
        {
            // SDP in an unreliable response is a preview (RFC 6337 §3.1); a number out of order is repeated (RFC 3262 §4).
            return;
        }

        _reliableSeen = number;
        Prack(response, TakeReliably(response.Description));
    }

    /// <summary>What the PRACK holds.</summary>
    private AgentDescription? TakeReliably(AgentDescription? description)
    {
        if (description is not null && Session.State == AgentSessionState.None)
        {
            Session.TakeOffer(description);
            return Session.Answer(_agent.Mark(), Call.Habits.TakesVideo);
        }

        if (description is not null && Session.State == AgentSessionState.LocalOffer && !_isSettledEarly)
        {
            Session.TakeAnswer(description);
            _isSettledEarly = true;
            return Call.Habits.OffersInPrack ? Session.Offer(NextOffer(AgentChange.Hold)) : null;
        }

        return null;
    }

    private void Prack(WireMessage response, AgentDescription? body)
    {
        var isOffer = body is not null && Session.State == AgentSessionState.LocalOffer;
        _isSettledEarly |= body is not null;
        _open++;
        Ask("PRACK", $"RAck: {response.ReliableNumber} {response.CSeq} INVITE\r\n", body, answer =>
        {
            if (answer is { Status: < 200 })
            {
                return;
            }

            _open--;
            OnOfferAnswered(isOffer, answer);
        });
    }

    internal void OnSuccess(WireMessage response)
    {
        if (IsAnswered)
        {
            AcknowledgeAgain(response.CSeq);
            return;
        }

        IsAnswered = true;
        AgentDescription? answer = null;
        if (Session.State == AgentSessionState.LocalOffer && !_isSettledEarly)
        {
            Session.TakeAnswer(response.Description ?? throw new SceneException($"A 2xx without an answer:\n{response.Sent.Text}"));
        }
        else if (Session.State == AgentSessionState.None)
        {
            Session.TakeOffer(response.Description ?? throw new SceneException($"A 2xx without an offer:\n{response.Sent.Text}"));
            answer = Session.Answer(_agent.Mark(), Call.Habits.TakesVideo);
        }

        Acknowledge(response.CSeq, answer);
        State = State == AgentDialogState.Early ? AgentDialogState.Confirmed : State;
        HearSession(response);
    }

    // ---- the callee

    /// <summary>RFC 3262 §3: no second one before the PRACK.</summary>
    internal bool MaySendReliably => !_isUnpracked;

    internal uint NextReliable() => _reliableSent = _reliableSent == 0 ? 100 : _reliableSent + 1;

    /// <summary>SDP for an 18x; null where it may have none.</summary>
    internal AgentDescription? ProvisionalDescription(bool isReliable)
    {
        if (!isReliable)
        {
            return Session.State == AgentSessionState.RemoteOffer ? Session.Preview(_previewed ??= _agent.Mark(), Call.Habits.TakesVideo) : null;
        }

        return Session.State switch
        {
            AgentSessionState.RemoteOffer => Session.Answer(_previewed ??= _agent.Mark(), Call.Habits.TakesVideo),
            AgentSessionState.None => Session.Offer(FirstOffer()),
            _ => null,
        };
    }

    /// <summary>Sends a reliable response again until its PRACK comes.</summary>
    internal void Await(string text, bool hasDescription, Action missing)
    {
        (_isUnpracked, _reliableHasDescription) = (true, hasDescription);
        _reliable = _agent.Repeat(text, int.MaxValue, missing);
    }

    /// <summary>RFC 3262 §3: not before the PRACK of a description; nor while an offer is open.</summary>
    internal bool MayAnswer => _open == 0 && !(_reliableHasDescription && _isUnpracked) &&
        (Session.State is AgentSessionState.None or AgentSessionState.Stable || (Session.State == AgentSessionState.RemoteOffer && !_isSettledEarly));

    internal void Accept(ServerTransaction invite)
    {
        _reliable?.Stop();
        State = AgentDialogState.Confirmed;
        var body = Session.State switch
        {
            AgentSessionState.RemoteOffer => Session.Answer(_previewed ?? _agent.Mark(), Call.Habits.TakesVideo),
            AgentSessionState.None => Session.Offer(FirstOffer()),
            _ => null,
        };
        Succeed(invite, body);
    }

    private void OnPrack(ServerTransaction prack)
    {
        if (!_isUnpracked || !RAck.TryParse(System.Text.Encoding.UTF8.GetBytes(prack.Request[HeaderId.RAck]), out var rack) ||
            rack.Response != _reliableSent)
        {
            Reply(prack, 481);
            return;
        }

        _isUnpracked = false;
        _reliable!.Stop();
        AgentDescription? answer = null;
        if (prack.Request.Description is { } description)
        {
            _isSettledEarly = true;
            if (Session.State == AgentSessionState.LocalOffer)
            {
                Session.TakeAnswer(description);
            }
            else
            {
                Session.TakeOffer(description);
                answer = Session.Answer(_agent.Mark(), Call.Habits.TakesVideo);
            }
        }

        _isSettledEarly |= _reliableHasDescription;
        Reply(prack, 200, body: answer);
    }
}
