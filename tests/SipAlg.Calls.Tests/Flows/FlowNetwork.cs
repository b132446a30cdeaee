using SipAlg.Testing.Agents;

namespace SipAlg.Calls.Tests.Flows;

/// <summary>
/// A network that loses, repeats, delays and so turns round, by a seed. It is fair: it loses the same message a few times in a row at
/// most, so that what is repeated arrives in time.
/// </summary>
internal sealed class FlowNetwork
{
    private const int MostLosses = 2;

    private readonly Random _random;
    private readonly int _lossPercent;
    private readonly int _copyPercent;
    private readonly int _delay;
    private readonly Dictionary<string, int> _losses = [];

    public FlowNetwork(Random random)
    {
        _random = random;
        _lossPercent = random.Next(4) switch { 0 => 0, 1 => 3, 2 => 10, _ => 25 };
        _copyPercent = random.Next(3) switch { 0 => 0, 1 => 3, _ => 15 };
        _delay = random.Next(4) switch { 0 => 1, 1 => 40, 2 => 400, _ => 2000 };
    }

    /// <summary>It loses nothing, and takes less than half a second.</summary>
    public bool IsKind => _lossPercent == 0 && _delay < 500;

    /// <summary>When the message arrives, in milliseconds from now; not at all, or more than once.</summary>
    public IEnumerable<int> Arrivals(Datagram datagram)
    {
        if (_random.Next(100) < _lossPercent && MayLose(datagram))
        {
            yield break;
        }

        yield return _random.Next(_delay);
        if (_random.Next(100) < _copyPercent)
        {
            yield return _random.Next(2 * _delay);
        }
    }

    private bool MayLose(Datagram datagram)
    {
        var losses = _losses.GetValueOrDefault(datagram.Sent.Text);
        _losses[datagram.Sent.Text] = losses + 1;
        return losses < MostLosses;
    }
}
