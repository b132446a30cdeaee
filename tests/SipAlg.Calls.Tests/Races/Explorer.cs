using System.Globalization;
using SipAlg.Testing.Agents;

namespace SipAlg.Calls.Tests.Races;

/// <summary>
/// Walks every path of a scenario within its limits, depth first. A gateway's state cannot be copied, so each path is walked from
/// its beginning; of paths that differ in the order of steps that commute only one is walked (sleep sets, Godefroid 1996).
/// </summary>
internal sealed class Explorer(AgentScene scene, RaceScenario scenario, RaceLimits limits)
{
    private readonly List<Node> _path = [];

    /// <summary>A choice on the path.</summary>
    private sealed class Node(List<RaceStep> options, List<RaceStep> asleep)
    {
        public List<RaceStep> Options => options;

        /// <summary>Steps whose paths from here on were walked in another order.</summary>
        public List<RaceStep> Asleep => asleep;
        public int Chosen { get; set; }
    }

    /// <summary>Paths walked to their end.</summary>
    public int Paths { get; private set; }

    /// <summary>Paths left when they proved to be another one in another order.</summary>
    public int Redundant { get; private set; }

    /// <exception cref="RaceException">A path on which something went wrong.</exception>
    public void Explore()
    {
        do
        {
            Walk();
        }
        while (Next());
    }

    /// <summary>Walks one path.</summary>
    /// <param name="choices">As <see cref="RaceException"/> tells them.</param>
    public void Replay(string choices)
    {
        foreach (var choice in choices.Split('.'))
        {
            _path.Add(new Node([], []) { Chosen = int.Parse(choice, CultureInfo.InvariantCulture) });
        }

        Walk();
    }

    private void Walk()
    {
        try
        {
            if (TryWalk(new RaceCall(scene, scenario, limits)))
            {
                Paths++;
            }
            else
            {
                Redundant++;
            }
        }
        catch (Exception fault) when (fault is not RaceException)
        {
            throw new RaceException(scenario, string.Join('.', _path.Select(node => node.Chosen)), scene.Ladder, fault);
        }
    }

    private bool TryWalk(RaceCall call)
    {
        List<RaceStep> asleep = [];
        var at = 0;
        for (var depth = 0; ; depth++)
        {
            while (call.Fateless.TryDequeue(out var datagram))
            {
                if (call.Fates() is { Count: > 1 } fates)
                {
                    call.Decide(datagram, fates[NodeAt(at++, fates, [])!.Chosen]);
                }
            }

            var options = depth < limits.Depth ? call.Options() : [];
            if (options.Count == 0)
            {
                break;
            }

            if (NodeAt(at++, options, asleep) is not { } node)
            {
                call.Abandon();
                return false;
            }

            var step = options[node.Chosen];
            asleep = [.. node.Asleep.Concat(node.Options.Take(node.Chosen)).Where(other => other.Commutes(step)).Distinct()];
            call.Do(step);
        }

        call.End();
        return true;
    }

    /// <summary>The choice of this path there; null where all are asleep.</summary>
    private Node? NodeAt(int at, List<RaceStep> options, List<RaceStep> asleep)
    {
        if (at < _path.Count)
        {
            return _path[at];
        }

        var node = new Node(options, asleep) { Chosen = -1 };
        if (!TryChooseNext(node))
        {
            return null;
        }

        _path.Add(node);
        return node;
    }

    private static bool TryChooseNext(Node node)
    {
        do
        {
            node.Chosen++;
        }
        while (node.Chosen < node.Options.Count && node.Asleep.Contains(node.Options[node.Chosen]));
        return node.Chosen < node.Options.Count;
    }

    /// <summary>Turns to the next path; false after the last.</summary>
    private bool Next()
    {
        while (_path.Count > 0)
        {
            if (TryChooseNext(_path[^1]))
            {
                return true;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }
}

/// <summary>A path on which something went wrong, to be read and to be walked again.</summary>
internal sealed class RaceException(RaceScenario scenario, string choices, Ladder ladder, Exception fault)
    : Exception($"{fault.Message}\nscenario \"{scenario}\", path {choices}\n{ladder}", fault);
