using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;

namespace SipAlg.Testing.Calls;

/// <summary>Keeps what lanes tell of calls, and throws a lane's fault at the test.</summary>
public sealed class RecordingJournal : ICallJournal, ICallLog
{
    public List<CallRecord> Ended { get; } = [];

    /// <summary>Realms that had no media port.</summary>
    public List<string> Exhausted { get; } = [];

    void ICallJournal.Ended(CallRecord record) => Ended.Add(record);

    public void LaneFault(int lane, Exception fault) => throw new SceneException($"Fault on lane {lane}: {fault}");

    public void NoMediaPorts(string realm) => Exhausted.Add(realm);
}
