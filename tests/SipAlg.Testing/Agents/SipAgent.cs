using System.Text;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <summary>
/// A user agent that keeps to RFC 3261, 3262, 3264, 3311, 3515 and 4028 whatever it is sent: it repeats, acknowledges, answers and gives up by
/// itself, and leaves to its user what a user decides (<see cref="AgentCall"/>, <see cref="AgentDialog"/>). Over UDP.
/// </summary>
public sealed class SipAgent
{
    private readonly List<Repetition> _repetitions = [];
    private readonly Dictionary<(string Branch, string Method), ClientTransaction> _asking = [];
    private readonly Dictionary<(string Branch, string Method), ServerTransaction> _asked = [];
    private readonly Func<long> _now;
    private readonly Action<SipAgent, byte[]> _send;
    private int _marks;

    /// <param name="phone">Its address and names.</param>
    /// <param name="now">Milliseconds.</param>
    /// <param name="send">Takes what it sends.</param>
    public SipAgent(ScriptedPhone phone, Func<long> now, Action<SipAgent, byte[]> send) => (Phone, _now, _send) = (phone, now, send);

    public ScriptedPhone Phone { get; }

    /// <summary>What it is set up to do in the call of a name.</summary>
    public Func<string, AgentHabits> HabitsIn { get; set; } = static _ => new AgentHabits();

    /// <summary>In the order in which they began.</summary>
    public List<AgentCall> Calls { get; } = [];

    /// <summary>In the order in which they began.</summary>
    public List<AgentSubscription> Subscriptions { get; } = [];

    internal long Now => _now();

    /// <summary>When it has something to do by itself; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDue => _repetitions.Count == 0 ? long.MaxValue : _repetitions.Min(repetition => repetition.Due);

    /// <summary>Does what is due.</summary>
    public void Fire()
    {
        foreach (var repetition in _repetitions.Where(repetition => repetition.Due <= Now).ToArray())
        {
            if (!repetition.IsOver)
            {
                repetition.Fire(Now);
            }
        }

        _repetitions.RemoveAll(static repetition => repetition.IsOver);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _repetitions.Clear();
        _asking.Clear();
        _asked.Clear();
        Calls.Clear();
        Subscriptions.Clear();
        _marks = 0;
    }

    /// <summary>Calls.</summary>
    /// <param name="called">The number.</param>
    /// <param name="flow">A name that crosses the gateway in a header field, so that both agents know the call by it.</param>
    /// <param name="hasOffer">False: the callee has to offer.</param>
    public AgentCall Invite(string called, string flow, bool hasOffer = true)
    {
        var call = new AgentCall(this, flow, isCaller: true, Phone.Mint("call-") + "@" + Phone.Host);
        Calls.Add(call);
        call.Begin(called, hasOffer);
        return call;
    }

    /// <summary>Subscribes (RFC 6665).</summary>
    /// <param name="called">The number.</param>
    /// <param name="flow">As that of a call.</param>
    /// <param name="seconds">What it asks for.</param>
    public AgentSubscription Subscribe(string called, string flow, int seconds)
    {
        var subscription = AgentSubscription.Begin(this, called, flow, seconds);
        Subscriptions.Add(subscription);
        return subscription;
    }

    public void Receive(SentMessage sent)
    {
        var message = new WireMessage(sent);
        if (!message.IsRequest)
        {
            _asking.GetValueOrDefault((message.Branch, message.Method))?.Receive(message);
        }
        else if (message.Method == "ACK")
        {
            OnAck(message);
        }
        else if (_asked.TryGetValue((message.Branch, message.Method), out var known))
        {
            known.Repeat();
        }
        else
        {
            OnRequest(message);
        }

        _repetitions.RemoveAll(static repetition => repetition.IsOver);
    }

    private void OnRequest(WireMessage request)
    {
        var transaction = new ServerTransaction(this, request);
        _asked.Add((request.Branch, request.Method), transaction);
        if (request.Method == "INVITE")
        {
            Expect(AgentTimes.Trying, transaction.Try);
        }

        if (request.Method == "CANCEL")
        {
            OnCancel(transaction);
        }
        else if (request.ToTag.Length > 0 && Subscriptions.Find(candidate => candidate.CallId == request.CallId && candidate.LocalTag == request.ToTag) is { } subscription)
        {
            subscription.OnRequest(transaction);
        }
        else if (request is { ToTag.Length: 0, Method: "SUBSCRIBE" })
        {
            Subscriptions.Add(AgentSubscription.Asked(this, transaction));
        }
        else if (request.ToTag.Length > 0 && DialogOf(request) is { } dialog)
        {
            dialog.OnRequest(transaction);
        }
        else if (request.ToTag.Length == 0 && request.Method == "INVITE")
        {
            var call = new AgentCall(this, request.Unknown("X-Flow"), isCaller: false, request.CallId);
            Calls.Add(call);
            call.OnInvite(transaction);
        }
        else
        {
            transaction.Respond(481, request.ToTag.Length > 0 ? request.ToTag : Phone.Mint("tag-"));
        }
    }

    private void OnAck(WireMessage ack)
    {
        if (_asked.TryGetValue((ack.Branch, "INVITE"), out var invite))
        {
            invite.Acknowledge();
        }
        else
        {
            DialogOf(ack)?.OnAck(ack);
        }
    }

    /// <summary>RFC 3261 §9.2.</summary>
    private void OnCancel(ServerTransaction cancel)
    {
        var isKnown = _asked.TryGetValue((cancel.Request.Branch, "INVITE"), out var invite);
        cancel.Respond(isKnown ? 200 : 481, Phone.Mint("tag-"));
        if (!isKnown || invite!.Final != 0)
        {
            return;
        }

        if (DialogOf(invite.Request) is { } dialog)
        {
            dialog.OnReinviteCancelled(invite);
        }
        else
        {
            Calls.FindLast(call => call.CallId == invite.Request.CallId)?.OnCancelled();
        }
    }

    /// <summary>An INVITE that is sent anew, behind a 422, is another call with the same Call-ID.</summary>
    private AgentDialog? DialogOf(WireMessage request) => Calls.Where(call => call.CallId == request.CallId).SelectMany(static call => call.Dialogs)
        .FirstOrDefault(dialog => dialog.LocalTag == request.ToTag && dialog.RemoteTag == request.FromTag);

    internal void Send(string text) => _send(this, Encoding.UTF8.GetBytes(text));

    internal ClientTransaction Ask(AgentRequest request, Action<WireMessage?> heard)
    {
        var transaction = new ClientTransaction(this, request, heard);
        _asking.Add((request.Branch, request.Method), transaction);
        return transaction;
    }

    /// <summary>Sends a message again and again until the result is stopped.</summary>
    internal Repetition Repeat(string text, int cap, Action givenUp)
    {
        var repetition = new Repetition(() => Send(text), Now, cap, givenUp);
        _repetitions.Add(repetition);
        return repetition;
    }

    /// <summary>Does something later.</summary>
    internal Repetition Expect(int milliseconds, Action due)
    {
        var wait = Repeat("", 0, due);
        wait.WaitUntil(Now + milliseconds);
        return wait;
    }

    /// <summary>A mark for a description that differs from all others.</summary>
    internal string Mark() => $"{Phone.Name}{++_marks}";
}

/// <summary>Whether an agent knows reliable provisional responses (RFC 3262).</summary>
public enum Reliability
{
    None,
    Supported,
    Required,
}

/// <summary>What an agent is set up to do.</summary>
public sealed record AgentHabits
{
    public Reliability Reliability { get; init; }

    /// <summary>False: video is refused in answers.</summary>
    public bool TakesVideo { get; init; } = true;

    /// <summary>Offers video at once.</summary>
    public bool OffersVideo { get; init; }

    /// <summary>A further offer in the PRACK of a response that had the answer (RFC 3262 §5).</summary>
    public bool OffersInPrack { get; init; }

    /// <summary>Its session timer; null: it knows none.</summary>
    public AgentTimer? Timer { get; init; }

    /// <summary>It does what a REFER asks for; else it does not list REFER in Allow.</summary>
    public bool TakesRefer { get; init; }

    /// <summary>More than one: its address is a proxy's that forks to so many phones (RFC 3261 §16.7), each with a tag of its own.</summary>
    public int Forks { get; init; } = 1;
}
