using System.Globalization;
using SipAlg.Calls.Tests.Races;
using SipAlg.Testing.Agents;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Flows;

/// <summary>Some calls of mixed kinds at the same time, over a network that is not kind, all drawn from one seed.</summary>
internal sealed class FlowRun : IDisposable
{
    public const int Calls = 20;

    /// <summary>Milliseconds in which calls begin.</summary>
    private const int Beginning = 20_000;

    /// <summary>In how many of the runs the gateway asks for session timers: one in so many.</summary>
    private const int Timed = 4;

    private readonly Random _random;
    private readonly FlowNetwork _network;
    private readonly AgentScene _scene;
    private readonly PriorityQueue<Action, (long At, int Order)> _events = new();
    private readonly Dictionary<string, CallFlow> _flows = [];
    private int _order;

    public FlowRun(int seed)
    {
        _random = new Random(seed);
        _network = new FlowNetwork(_random);
        _scene = new AgentScene(new SceneOptions
        {
            Seed = seed,
            MediaPairs = 400,
            Routes = RaceScenes.Usual.Routes,
            Calls = (seed % Timed == 0 ? RaceScenes.Timed : RaceScenes.Usual).Calls,
        });
        foreach (var agent in _scene.Agents)
        {
            agent.HabitsIn = flow => HabitsOf(agent, _flows[AgentDialog.FirstFlow(flow)]);
        }

        _scene.Sent = OnSent;
        _scene.IsUnkind = !_network.IsKind;
    }

    public Ladder Ladder => _scene.Ladder;

    private static AgentHabits HabitsOf(SipAgent agent, CallFlow flow) => agent.Phone.Name == "alice" ? flow.Caller : flow.Callee;

    /// <exception cref="SceneException">Something went wrong.</exception>
    public void Play()
    {
        for (var number = 0; number < Calls; number++)
        {
            At(_random.Next(Beginning), Begin);
        }

        while (_events.TryPeek(out _, out var next))
        {
            if (_scene.NextDue < next.At)
            {
                _scene.AdvanceTo(_scene.NextDue);
            }
            else
            {
                _scene.AdvanceTo(next.At);
                _events.Dequeue()();
            }
        }

        End();
    }

    private void End()
    {
        _scene.Sent = static _ => { };
        _scene.Ladder.Note(_scene.Now, "the network is reliable from here on");
        _scene.Settle();
        AgentChecks.Agree(_scene);
        AgentChecks.HangUp(_scene);
        _scene.Settle();
        AgentChecks.Ended(_scene);
    }

    private void At(int milliseconds, Action happens) => _events.Enqueue(happens, (_scene.Now + milliseconds, _order++));

    // ---- the network

    private void OnSent(Datagram datagram)
    {
        int[] arrivals = [.. _network.Arrivals(datagram)];
        if (arrivals.Length == 0)
        {
            _scene.Lose(datagram);
            return;
        }

        var last = arrivals.Max();
        foreach (var arrival in arrivals)
        {
            At(arrival, () => _scene.Deliver(datagram, stays: arrival != last));
        }
    }

    // ---- the users

    private void Begin()
    {
        var name = _flows.Count.ToString(CultureInfo.InvariantCulture);
        var flow = CallFlows.All[_random.Next(CallFlows.All.Length)];
        _flows.Add(name, flow);
        _scene.Ladder.Note(_scene.Now, $"#{name} {flow.GetType().Name} begins");
        flow.Begin(_scene, name);
        var done = new int[flow.Acts.Length];
        for (var at = Think(flow); at < flow.Lasting; at += Think(flow))
        {
            At(at, () => Act(flow, name, done));
        }
    }

    private int Think(CallFlow flow) => _random.Next(_random.Next(4) == 0 ? 50 : flow.Lasting / 8);

    private void Act(CallFlow flow, string name, int[] done)
    {
        var index = _random.Next(flow.Acts.Length);
        var act = flow.Acts[index];
        if (done[index] < act.Times && act.IsPossible(_scene, name))
        {
            done[index]++;
            _scene.Ladder.Note(_scene.Now, $"#{name} {act}");
            act.Do(_scene, name);
        }
    }

    public void Dispose() => _scene.Dispose();
}
