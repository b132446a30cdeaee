using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Overload;
using SipAlg.Calls.Peers;
using SipAlg.Signaling.Resolution;
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

    /// <summary>What was told of peers, in order, as "bob down: no answer".</summary>
    public List<string> Peers { get; } = [];

    public void PeerDown(string peer, PingLoss reason) => Peers.Add($"{peer} down: {PingLosses.Text(reason)}");

    public void PeerUp(string peer) => Peers.Add($"{peer} up");

    public void PlaceChanged(string peer, SipHop place, PingLoss reason) => Peers.Add($"{peer} {place.Endpoint} {(reason == PingLoss.None ? "up" : "down")}");

    public void Registered(string peer, RegistrationStatus status) => Peers.Add($"{peer} registered");

    public void NotRegistered(string peer, RegistrationStatus status) => Peers.Add($"{peer} not registered: {RegistrationOutcomes.Text(status.Outcome)} {status.Status}");

    void ICallJournal.Ended(CallRecord record) => Ended.Add(record);

    /// <summary>INVITEs that became no call.</summary>
    public List<CallRecord> Refused { get; } = [];

    void ICallJournal.Refused(CallRecord record) => Refused.Add(record);

    /// <summary>REGISTERs that bound nothing.</summary>
    public List<RegistrationFailure> Unregistered { get; } = [];

    void ICallJournal.NotRegistered(RegistrationFailure failure) => Unregistered.Add(failure);

    /// <summary>Episodes of overload, as "Lane began" and "Lane ended: 3".</summary>
    public List<string> Overloads { get; } = [];

    public void OverloadBegan(int lane, OverloadCause cause, TimeSpan waited) => Overloads.Add($"{cause} began");

    public void OverloadEnded(int lane, OverloadCause cause, TimeSpan lasted, long refused) => Overloads.Add($"{cause} ended: {refused}");

    public void LaneFault(int lane, ulong? call, Exception fault) => Faults.Add(fault);

    public void MediaSource(ulong? call, string realm, in SourceEvent source) => Sources.Add((call, source));

    public void FlowDead(string realm, BindingRecord binding) => DeadFlows.Add(binding);

    /// <summary>Addresses that SDP showed to those who cannot reach them, and theirs.</summary>
    public List<(IpAddress Shown, IpAddress There)> OutOfReach { get; } = [];

    public void UnreachableMedia(ulong call, string realm, IpAddress shown, IpAddress there) => OutOfReach.Add((shown, there));

    /// <summary>Why a realm had none, in order.</summary>
    public List<PortTakeResult> Refusals { get; } = [];

    /// <summary>Realms whose media ports have become scarce, with how many pairs are in use of how many.</summary>
    public List<(string Realm, int InUse, int Most)> Scarce { get; } = [];

    /// <summary>Ports that calls have not given back.</summary>
    public List<(ulong? Call, string Realm, ushort Port)> Leaked { get; } = [];

    public void MediaPortsScarce(string realm, int inUse, int most) => Scarce.Add((realm, inUse, most));

    public void MediaPortLeaked(ulong? call, string realm, ushort port) => Leaked.Add((call, realm, port));

    public void NoMediaPorts(ulong call, string realm, PortTakeResult reason)
    {
        Exhausted.Add(realm);
        Refusals.Add(reason);
        if (Defect is not null)
        {
            throw Defect;
        }
    }
}
