using SipAlg.Signaling.Traces;

namespace SipAlg.Hep;

/// <summary>
/// Which call a message belongs to, also when it comes after the call's end: repetitions, and the ACK of a refusal, come for as long as
/// a transaction lives. What was not seen for a minute or two is forgotten.
/// </summary>
internal sealed class HepCalls(TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private Dictionary<ulong, ulong> _recent = [];
    private Dictionary<ulong, ulong> _before = [];
    private long _since = time.GetTimestamp();

    public int Count => _recent.Count + _before.Count;

    /// <returns>The id of its call; 0 of a message that belongs to none.</returns>
    public ulong Of(in FedMessage message)
    {
        var id = message.Call;
        if (id != 0 || _recent.TryGetValue(message.Trace, out id) || _before.TryGetValue(message.Trace, out id))
        {
            _recent[message.Trace] = id;
        }

        return id;
    }

    /// <summary>Called now and then.</summary>
    public void Forget()
    {
        if (time.GetElapsedTime(_since) >= Period)
        {
            _since = time.GetTimestamp();
            (_recent, _before) = (_before, _recent);
            _recent.Clear();
        }
    }
}
