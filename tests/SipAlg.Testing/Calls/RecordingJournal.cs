using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Registrations;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Testing.Calls;

/// <summary>Keeps what lanes tell of calls, and can be a defect.</summary>
public sealed class RecordingJournal : ICallJournal, ICallLog
{
    public List<CallRecord> Ended { get; } = [];

    /// <summary>Realms that had no media port.</summary>
    public List<string> Exhausted { get; } = [];

    /// <summary>What became of sources of media, with the id of the call.</summary>
    public List<(ulong? Call, SourceEvent Told)> Sources { get; } = [];

    /// <summary>Bindings that were removed since their flow is dead.</summary>
    public List<BindingRecord> DeadFlows { get; } = [];

    public List<Exception> Faults { get; } = [];

    /// <summary>Thrown where the lane tells of a realm without ports: a defect, as far as the lane can see.</summary>
    public Exception? Defect { get; set; }

    void ICallJournal.Ended(CallRecord record) => Ended.Add(record);

    public void LaneFault(int lane, Exception fault) => Faults.Add(fault);

    public void MediaSource(ulong? call, string realm, in SourceEvent source) => Sources.Add((call, source));

    public void FlowDead(string realm, BindingRecord binding) => DeadFlows.Add(binding);

    /// <summary>Addresses that SDP showed to those who cannot reach them, and theirs.</summary>
    public List<(IpAddress Shown, IpAddress There)> OutOfReach { get; } = [];

    public void UnreachableMedia(string realm, IpAddress shown, IpAddress there) => OutOfReach.Add((shown, there));

    public void NoMediaPorts(string realm)
    {
        Exhausted.Add(realm);
        if (Defect is not null)
        {
            throw Defect;
        }
    }
}
