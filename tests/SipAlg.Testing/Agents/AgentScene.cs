using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Testing.Agents;

/// <summary>
/// A gateway between agents, over a network that holds each message until it is told what becomes of it. Clock and wire are the
/// test's.
/// </summary>
public sealed class AgentScene : IDisposable
{
    /// <summary>How long it may be quiet before that is the end; milliseconds. Calls with a session timer are never quiet for ever.</summary>
    private const long Quiet = 600_000;

    /// <summary>More than any path does until it is quiet.</summary>
    private const int MostRounds = 20_000;

    /// <summary>Of as many levels of the wheel as timers here reach: about four hours.</summary>
    private const long WheelPeriod = 1 << 24;

    private readonly Dictionary<(SipAgent, bool), int> _numbers = [];

    public AgentScene(SceneOptions? options = null)
    {
        Ladder = new Ladder(callId => Agents.SelectMany(static agent => agent.Calls).FirstOrDefault(call => call.CallId == callId)?.Flow ??
            Agents.SelectMany(static agent => agent.Subscriptions).FirstOrDefault(subscription => subscription.CallId == callId)?.Flow ?? "?");
        Calls = new CallScene((options ?? new SceneOptions()) with { HasAgents = true });
        Alice = Agent(Calls.Alice);
        Bob = Agent(Calls.Bob);
        Carol = Agent(Calls.Carol);
    }

    public CallScene Calls { get; }
    public SipAgent Alice { get; }
    public SipAgent Bob { get; }
    public SipAgent Carol { get; }
    public List<SipAgent> Agents { get; } = [];
    public Ladder Ladder { get; }

    /// <summary>What has not arrived, in the order in which it was sent.</summary>
    public List<Datagram> InFlight { get; } = [];

    /// <summary>Told of each message as it is sent; it is in flight then.</summary>
    public Action<Datagram> Sent { get; set; } = static _ => { };

    /// <summary>How long it is watched once the network is reliable; milliseconds.</summary>
    public long Horizon { get; set; } = Quiet;

    /// <summary>The network has been such that refreshes may have come too late: then a session may have run out.</summary>
    public bool IsUnkind { get; set; }

    public long Now => Calls.Harness.Time.Now;

    /// <summary>The call that a user means; null if there is none.</summary>
    public AgentCall? CallOf(UserSide side, string flow) => side switch
    {
        UserSide.Caller => Alice.Calls.Find(call => call.IsCaller && call.Flow == flow),
        UserSide.Callee => Bob.Calls.FindLast(call => !call.IsCaller && call.Flow == flow),
        UserSide.SecondCallee => Carol.Calls.FindLast(call => !call.IsCaller && AgentDialog.FirstFlow(call.Flow) == flow),
        _ => Agents.SelectMany(static agent => agent.Calls).LastOrDefault(call => !call.IsCaller && call.Flow == flow),
    };

    /// <summary>The end of a subscription that a user means; null if there is none.</summary>
    public AgentSubscription? SubscriptionOf(UserSide side, string flow) => side switch
    {
        UserSide.Caller => Alice.Subscriptions.Find(subscription => subscription.IsSubscriber && subscription.Flow == flow),
        UserSide.Callee => Bob.Subscriptions.FindLast(subscription => !subscription.IsSubscriber && subscription.Flow == flow),
        _ => Carol.Subscriptions.FindLast(subscription => !subscription.IsSubscriber && subscription.Flow == flow),
    };

    private SipAgent Agent(ScriptedPhone phone)
    {
        var agent = new SipAgent(phone, () => Now, (from, octets) => Put(from, true, new SentMessage(Now, from.Phone.Flow, octets, Signaling.Transports.SendResult.Sent)));
        Agents.Add(agent);
        return agent;
    }

    /// <summary>
    /// Begins anew, on the same gateway and where the timer wheel stands as it did at first: so that what follows is the same for the same
    /// steps.
    /// </summary>
    public void Renew()
    {
        Calls.Advance(WheelPeriod - (Now % WheelPeriod));
        Calls.Renew();
        InFlight.Clear();
        _numbers.Clear();
        Ladder.Clear();
        Sent = static _ => { };
        Agents.ForEach(static agent => agent.Reset());
        Agents.ForEach(static agent => agent.Phone.Take());
    }

    private void Put(SipAgent agent, bool isToGateway, SentMessage message)
    {
        var number = _numbers.GetValueOrDefault((agent, isToGateway));
        _numbers[(agent, isToGateway)] = number + 1;
        var datagram = new Datagram(agent, isToGateway, number, message);
        InFlight.Add(datagram);
        Sent(datagram);
    }

    /// <summary>What the gateway has sent gets on its way.</summary>
    private void Gather()
    {
        foreach (var agent in Agents)
        {
            foreach (var message in agent.Phone.Take())
            {
                Put(agent, false, message);
            }
        }

        if (Calls.Unclaimed.Count > 0)
        {
            throw new SceneException($"Sent to nobody:\n{Calls.Unclaimed[0].Text}");
        }
    }

    /// <summary>It arrives.</summary>
    /// <param name="datagram">In flight.</param>
    /// <param name="stays">It will arrive once more.</param>
    public void Deliver(Datagram datagram, bool stays = false)
    {
        Ladder.Arrived(Now, datagram);
        if (!stays)
        {
            InFlight.Remove(datagram);
        }

        if (datagram.IsToGateway)
        {
            datagram.Agent.Phone.Send(datagram.Sent.Octets);
            Gather();
        }
        else
        {
            datagram.Agent.Receive(datagram.Sent);
        }
    }

    public void Lose(Datagram datagram)
    {
        Ladder.Lost(Now, datagram);
        InFlight.Remove(datagram);
    }

    /// <summary>When a timer may be due next, of the gateway or an agent.</summary>
    public long NextDue => Math.Min(Calls.Harness.Lane.Timers.NextDue, Agents.Min(static agent => agent.NextDue));

    /// <summary>Moves the clock; what is due happens.</summary>
    public void AdvanceTo(long time)
    {
        Calls.Advance(time - Now);
        Gather();
        Agents.ForEach(static agent => agent.Fire());
    }

    /// <summary>Moves the clock until something happens of itself.</summary>
    /// <returns>False if that would be later than <paramref name="limit"/>, or never.</returns>
    public bool AdvanceToNext(long limit)
    {
        var timers = Calls.Harness.Lane.Timers;
        var (count, sent) = (timers.Count, _numbers.Values.Sum());
        while (NextDue <= limit)
        {
            AdvanceTo(NextDue);
            if (timers.Count != count || _numbers.Values.Sum() != sent)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>From now on the network loses nothing and keeps the order. Whatever is under way comes to its end, and every timer runs out that is not begun anew.</summary>
    public void Settle()
    {
        var end = Now + Horizon;
        for (var round = 0; round < MostRounds; round++)
        {
            if (InFlight.Count > 0)
            {
                Deliver(InFlight[0]);
            }
            else if (FindAsked() is { } asked)
            {
                asked.AcceptReinvite();
            }
            else if (!AdvanceToNext(end))
            {
                return;
            }
        }

        throw new SceneException("It does not come to rest.");
    }

    private AgentDialog? FindAsked() => Agents.SelectMany(static agent => agent.Calls).SelectMany(static call => call.Dialogs).FirstOrDefault(static dialog => dialog.IsAsked);

    public void Dispose() => Calls.Dispose();
}
