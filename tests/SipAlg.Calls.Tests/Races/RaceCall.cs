using SipAlg.Calls.Calls;
using SipAlg.Testing.Agents;

namespace SipAlg.Calls.Tests.Races;

/// <summary>One call of a scenario on its way along one path.</summary>
internal sealed class RaceCall
{
    private const string Flow = "race";
    private const long HalfInterval = 45_000;

    private readonly AgentScene _scene;
    private readonly RaceScenario _scenario;
    private readonly int[] _done;
    private readonly HashSet<Datagram> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Datagram> _seen = new(ReferenceEqualityComparer.Instance);
    private RaceLimits _left;

    public RaceCall(AgentScene scene, RaceScenario scenario, RaceLimits limits)
    {
        (_scene, _scenario, _left) = (scene, scenario, limits);
        _done = new int[scenario.Acts.Length];
        scene.Renew();
        scene.Horizon = scenario.Horizon;
        scene.Alice.HabitsIn = _ => scenario.Caller;
        scene.Bob.HabitsIn = scene.Carol.HabitsIn = _ => scenario.Callee;
        Begin();
    }

    /// <summary>What was sent since the last step, and has no fate yet.</summary>
    public Queue<Datagram> Fateless { get; } = [];

    // ---- to where the search begins

    private void Begin()
    {
        if (_scenario.Subscribes > 0)
        {
            Subscribe();
        }
        else
        {
            _scene.Alice.Invite(_scenario.Called, Flow, _scenario.HasOffer);
        }

        if (_scenario.Start > RaceStart.Calling)
        {
            Pass();
            foreach (var side in new[] { UserSide.SecondCallee, UserSide.Callee })
            {
                if (_scene.CallOf(side, Flow) is { } callee)
                {
                    Prepare(callee, answers: side == UserSide.Callee && _scenario.Start >= RaceStart.Answered);
                }
            }
        }

        if (_scenario.Start == RaceStart.Refreshing)
        {
            _scene.AdvanceTo(_scene.Now + HalfInterval);
        }

        _scene.Sent = OnSent;
        foreach (var datagram in _scene.InFlight.ToArray())
        {
            OnSent(datagram);
        }
    }

    private void Subscribe()
    {
        _scene.Alice.Subscribe(_scenario.Called, Flow, _scenario.Subscribes);
        if (_scenario.Start > RaceStart.Calling)
        {
            Pass();
            _scene.SubscriptionOf(UserSide.Callee, Flow)!.Grant(isLate: false);
            Pass();
        }
    }

    private void Prepare(AgentCall callee, bool answers)
    {
        foreach (var dialog in callee.Dialogs)
        {
            if (_scenario.Start == RaceStart.Agreed)
            {
                callee.Ring(dialog, 183, hasDescription: true, isReliable: true);
            }
            else
            {
                callee.Ring(dialog, 180, hasDescription: false, isReliable: false);
            }

            Pass();
        }

        if (answers)
        {
            callee.Answer(callee.Dialogs[0]);
            Pass();
        }
    }

    /// <summary>Everything arrives.</summary>
    private void Pass()
    {
        while (_scene.InFlight.Count > 0)
        {
            _scene.Deliver(_scene.InFlight[0]);
        }
    }

    // ---- the network

    private void OnSent(Datagram datagram)
    {
        if (datagram.IsTrying && !datagram.IsToGateway)
        {
            // It says only that the INVITE need not be sent again, and that it may be cancelled.
            _scene.Deliver(datagram);
        }
        else
        {
            Fateless.Enqueue(datagram);
        }
    }

    /// <summary>What may become of a message: the first is that it passes.</summary>
    public List<RaceStep> Fates()
    {
        List<RaceStep> fates = [new(RaceStepKind.Fate, RaceStep.Everywhere, 0, 0)];
        if (_left.Losses > 0)
        {
            fates.Add(new(RaceStepKind.Fate, RaceStep.Everywhere, 1, 0));
        }

        if (_left.Copies > 0)
        {
            fates.Add(new(RaceStepKind.Fate, RaceStep.Everywhere, 2, 0));
        }

        return fates;
    }

    public void Decide(Datagram datagram, RaceStep fate)
    {
        if (fate.From == 1)
        {
            _left = _left with { Losses = _left.Losses - 1 };
            _scene.Lose(datagram);
        }
        else if (fate.From == 2)
        {
            _left = _left with { Copies = _left.Copies - 1 };
            _copies.Add(datagram);
        }
    }

    // ---- steps

    public List<RaceStep> Options()
    {
        List<RaceStep> options = [];
        foreach (var datagram in _scene.InFlight)
        {
            options.Add(RaceStep.Arrival(datagram, _scene.Agents.IndexOf(datagram.Agent), IsSecond(datagram)));
        }

        for (var index = 0; index < _scenario.Acts.Length; index++)
        {
            var act = _scenario.Acts[index];
            if (_done[index] < act.Times && act.IsPossible(_scene, Flow))
            {
                options.Add(new RaceStep(RaceStepKind.Act, (int)act.Side, index, 0));
            }
        }

        if (_left.Ticks > 0 && _scene.NextDue <= MostTime)
        {
            options.Add(RaceStep.Tick);
        }

        return options;
    }

    private bool IsSecond(Datagram datagram) => _seen.Contains(datagram);

    /// <summary>No message is in the network for longer than T4 (RFC 3261 §17.1.2.2).</summary>
    private long MostTime => _scene.InFlight.Count == 0 ? _scene.Now + AgentTimes.Timeout : _scene.InFlight.Min(static datagram => datagram.Sent.At) + AgentTimes.T4;

    public void Do(RaceStep step)
    {
        switch (step.Kind)
        {
            case RaceStepKind.Act:
                _done[step.From]++;
                var act = _scenario.Acts[step.From];
                _scene.Ladder.Note(_scene.Now, $"{act}");
                act.Do(_scene, Flow);
                break;
            case RaceStepKind.Tick:
                _left = _left with { Ticks = _left.Ticks - 1 };
                _scene.AdvanceToNext(MostTime);
                break;
            default:
                Deliver(_scene.InFlight.Find(datagram => datagram.Number == step.Number && datagram.IsToGateway == (step.Place == RaceStep.Gateway) && _scene.Agents[step.From] == datagram.Agent)!);
                break;
        }
    }

    private void Deliver(Datagram datagram) => _scene.Deliver(datagram, stays: _copies.Contains(datagram) && _seen.Add(datagram));

    /// <summary>Leaves the path where it is, and the gateway with nothing.</summary>
    public void Abandon()
    {
        _scene.Calls.Turn(() => _scene.Calls.Calls.HangUpAll(CallCause.GatewayStopped));
        _scene.Calls.End();
    }

    /// <summary>The network is reliable from here on; then all must agree, and in the end nothing be left.</summary>
    public void End()
    {
        _scene.Sent = static _ => { };
        _scene.Ladder.Note(_scene.Now, "the network is reliable from here on");
        _scene.Settle();
        AgentChecks.Agree(_scene);
        AgentChecks.HangUp(_scene);
        _scene.Settle();
        AgentChecks.Ended(_scene);
    }
}
