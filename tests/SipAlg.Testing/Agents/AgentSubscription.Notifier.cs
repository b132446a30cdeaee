using System.Globalization;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <content>The notifier's end (RFC 6665 §4.2).</content>
public sealed partial class AgentSubscription
{
    /// <summary>Milliseconds until it refuses what its user has not decided on: later nobody would hear it (RFC 4320 §4).</summary>
    private const int Patience = AgentTimes.Timeout / 2;

    private ServerTransaction? _asked;
    private long _expiresAt;

    /// <summary>There is something that the subscriber has not been told.</summary>
    private bool _hasNews;

    /// <summary>Why the next NOTIFY is the last one; empty while it is not.</summary>
    private string _reason = "";

    /// <summary>The subscription that a SUBSCRIBE of theirs asks for.</summary>
    internal static AgentSubscription Asked(SipAgent agent, ServerTransaction subscribe)
    {
        var request = subscribe.Request;
        var subscription = new AgentSubscription(agent, request.Unknown("X-Flow"), isSubscriber: false, request.CallId) { _asked = subscribe, RemoteTag = request.FromTag };
        subscription._local = $"{request[HeaderId.To]};tag={subscription.LocalTag}";
        subscription._remote = request[HeaderId.From];
        subscription._target = request.Contact ?? "";
        subscription._remoteSequence = request.CSeq;
        agent.Expect(Patience, subscription.GiveUpDeciding);
        return subscription;
    }

    public bool MayDecide => _asked is not null;

    /// <summary>Grants what was asked for, and tells at once what there is to tell.</summary>
    /// <param name="isLate">The NOTIFY goes out before the 2xx (RFC 6665 §4.1.2.4).</param>
    public void Grant(bool isLate)
    {
        var asked = _asked!;
        _asked = null;
        State = AgentSubscriptionState.Active;
        if (isLate)
        {
            Expire(Expires(asked.Request));
            Notify();
        }

        Accept(asked);
    }

    private void Accept(ServerTransaction subscribe)
    {
        var seconds = Expires(subscribe.Request);
        Expire(seconds);
        subscribe.Respond(200, LocalTag, string.Create(CultureInfo.InvariantCulture, $"{ContactLine}Expires: {seconds}\r\n"));
        _reason = seconds == 0 ? "timeout" : _reason;
        Notify();
    }

    private void Expire(int seconds)
    {
        _expiresAt = _agent.Now + (1000L * seconds);
        LiveFor(1000L * seconds, () => Terminate("timeout"));
    }

    public void Deny(int status)
    {
        _asked!.Respond(status, LocalTag);
        _asked = null;
        End();
    }

    private void GiveUpDeciding()
    {
        if (MayDecide)
        {
            Deny(480);
        }
    }

    public bool MayNotify => !IsSubscriber && State == AgentSubscriptionState.Active && _reason.Length == 0;

    /// <summary>Something has changed.</summary>
    public void Notify()
    {
        _hasNews = true;
        Tell();
    }

    /// <summary>It is over, says the notifier.</summary>
    public void Terminate(string reason)
    {
        _reason = reason;
        Tell();
    }

    private void Tell()
    {
        if (_isOpen || State != AgentSubscriptionState.Active || !(_hasNews || _reason.Length > 0))
        {
            return;
        }

        _hasNews = false;
        var state = _reason.Length > 0 ? "terminated;reason=" + _reason : string.Create(CultureInfo.InvariantCulture, $"active;expires={Math.Max(_expiresAt - _agent.Now, 0) / 1000}");
        if (_reason.Length > 0)
        {
            End();
        }

        Version++;
        Ask("NOTIFY", $"Event: {Package}\r\nSubscription-State: {state}\r\n", ScriptedPhone.Body(Version.ToString(CultureInfo.InvariantCulture), "text/plain"), OnTold);
    }

    private void OnTold(WireMessage? answer)
    {
        if (State == AgentSubscriptionState.Active && (answer is null || SaysOver(answer.Status)))
        {
            End();
        }

        Tell();
    }

    private void OnRefresh(ServerTransaction subscribe)
    {
        if (State != AgentSubscriptionState.Active || _reason.Length > 0)
        {
            subscribe.Respond(481, LocalTag);
            return;
        }

        Accept(subscribe);
    }
}
