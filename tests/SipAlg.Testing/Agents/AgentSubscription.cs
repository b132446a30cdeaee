using System.Globalization;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

public enum AgentSubscriptionState
{
    /// <summary>The SUBSCRIBE has no answer, and no NOTIFY has come.</summary>
    Asking,

    /// <summary>It was granted; no NOTIFY yet.</summary>
    Granted,
    Active,
    Over,
}

/// <summary>A subscription (RFC 6665) as one of its ends has it. What a NOTIFY tells is a number that grows. This file: what both ends share.</summary>
public sealed partial class AgentSubscription
{
    private const string Package = "dialog";

    private readonly SipAgent _agent;
    private string _local = "";
    private string _remote = "";
    private string _target = "";
    private uint _localSequence;
    private uint _remoteSequence;

    /// <summary>A request of ours has no answer: one at a time, since UDP may turn two round (RFC 3261 §12.2.2).</summary>
    private bool _isOpen;
    private Repetition? _expiry;

    private AgentSubscription(SipAgent agent, string flow, bool isSubscriber, string callId) =>
        (_agent, Flow, IsSubscriber, CallId, LocalTag) = (agent, flow, isSubscriber, callId, agent.Phone.Mint("tag-"));

    /// <summary>The name that both agents know it by.</summary>
    public string Flow { get; }
    public bool IsSubscriber { get; }
    public string CallId { get; }
    public string LocalTag { get; }
    public string RemoteTag { get; private set; } = "";
    public AgentSubscriptionState State { get; private set; }

    /// <summary>What was told last, or heard.</summary>
    public int Version { get; private set; }

    private string ContactLine => $"Contact: <{_agent.Phone.Contact}>\r\n";

    internal void OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        if (State == AgentSubscriptionState.Over || request.Method != (IsSubscriber ? "NOTIFY" : "SUBSCRIBE"))
        {
            transaction.Respond(481, LocalTag);
        }
        else if (request.CSeq < _remoteSequence)
        {
            transaction.Respond(500, LocalTag);
        }
        else
        {
            _remoteSequence = request.CSeq;
            _target = request.Contact ?? _target;
            if (IsSubscriber)
            {
                OnNotify(transaction);
            }
            else
            {
                OnRefresh(transaction);
            }
        }
    }

    private void Ask(string method, string headers, string body, Action<WireMessage?> heard)
    {
        var sequence = ++_localSequence;
        var branch = "z9hG4bK" + _agent.Phone.Mint("b");
        var lines = $"Via: SIP/2.0/UDP {_agent.Phone.Flow.Remote};rport;branch={branch}\r\nMax-Forwards: 70\r\nFrom: {_local}\r\n";
        _isOpen = true;
        _agent.Ask(new AgentRequest(method, branch, sequence, (_target, lines), _remote, CallId, ContactLine + headers + body), answer =>
        {
            if (answer is not { Status: < 200 })
            {
                _isOpen = false;
                heard(answer);
            }
        });
    }

    private void End()
    {
        State = AgentSubscriptionState.Over;
        _expiry?.Stop();
    }

    private void LiveFor(long milliseconds, Action over)
    {
        _expiry?.Stop();
        _expiry = _agent.Expect((int)milliseconds, over);
    }

    private static int Expires(WireMessage message) => int.TryParse(message[HeaderId.Expires], CultureInfo.InvariantCulture, out var seconds) ? seconds : -1;

    /// <summary>RFC 6665 §4.1.2.2, §4.2.2: there is no subscription, says the other end.</summary>
    private static bool SaysOver(int status) => status is 404 or 405 or 410 or 416 or (>= 480 and <= 485) or 489 or 501 or 604;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_agent.Phone.Name} {LocalTag}/{RemoteTag} {State} at {Version}");
}
