using System.Globalization;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <content>The subscriber's end (RFC 6665 §4.1).</content>
public sealed partial class AgentSubscription
{
    private bool _isTakenBack;

    internal static AgentSubscription Begin(SipAgent agent, string called, string flow, int seconds)
    {
        var phone = agent.Phone;
        var subscription = new AgentSubscription(agent, flow, isSubscriber: true, phone.Mint("call-") + "@" + phone.Host);
        subscription._local = $"<sip:{phone.Name}-{flow}@{phone.Host}>;tag={subscription.LocalTag}";
        subscription._remote = $"<sip:{called}@gw.{phone.Host}>";
        subscription._target = $"sip:{called}@{phone.Flow.Local}";
        subscription.Subscribe(seconds, $"X-Flow: {flow}\r\n");
        return subscription;
    }

    private void Subscribe(int seconds, string headers = "") => Ask(
        "SUBSCRIBE", string.Create(CultureInfo.InvariantCulture, $"Event: {Package}\r\nExpires: {seconds}\r\n{headers}"), ScriptedPhone.Body("", ""), OnSubscribed);

    public bool MayRefresh => IsSubscriber && !_isOpen && !_isTakenBack && State is AgentSubscriptionState.Granted or AgentSubscriptionState.Active;

    public void Refresh(int seconds) => Subscribe(seconds);

    public void TakeBack()
    {
        _isTakenBack = true;
        Subscribe(0);
    }

    private void OnSubscribed(WireMessage? answer)
    {
        if (State == AgentSubscriptionState.Over)
        {
            return;
        }

        if (answer is null or { Status: >= 300 })
        {
            // A refresh that came to nothing leaves the subscription until its time is over.
            if (RemoteTag.Length == 0 || _isTakenBack || _localSequence == 1 || SaysOver(answer?.Status ?? 0))
            {
                End();
            }

            return;
        }

        Learn(answer.ToTag, answer[HeaderId.To], answer.Contact);
        State = State == AgentSubscriptionState.Asking ? AgentSubscriptionState.Granted : State;
        LiveFor((_isTakenBack || State == AgentSubscriptionState.Granted ? 0 : 1000L * Expires(answer)) + AgentTimes.Timeout, End);
    }

    private void Learn(string tag, string remote, string? contact)
    {
        if (RemoteTag.Length == 0)
        {
            (RemoteTag, _remote) = (tag, remote);
        }

        _target = contact ?? _target;
    }

    private void OnNotify(ServerTransaction transaction)
    {
        var notify = transaction.Request;
        Learn(notify.FromTag, notify[HeaderId.From], notify.Contact);
        transaction.Respond(200, LocalTag, ContactLine);
        var state = notify[HeaderId.SubscriptionState];
        Version = int.TryParse(notify.Body, CultureInfo.InvariantCulture, out var version) ? version : Version;
        if (state.StartsWith("terminated", StringComparison.Ordinal))
        {
            End();
        }
        else
        {
            State = AgentSubscriptionState.Active;
            LiveFor((_isTakenBack ? 0 : 1000L * int.Parse(state[(state.IndexOf("expires=", StringComparison.Ordinal) + 8)..], CultureInfo.InvariantCulture)) + AgentTimes.Timeout, End);
        }
    }
}
