using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>Where a phone sends from: an address and port, or a connection.</summary>
internal readonly record struct PhoneSource(int Realm, Transport Transport, IpEndpoint Remote, ulong Connection)
{
    public static PhoneSource Of(int realm, in Flow flow) => new(realm, flow.Transport, flow.Remote, flow.Connection);

    /// <summary>A connection that is gone is nobody's.</summary>
    public bool IsOpen => Transport == Transport.Udp || Connection != 0;
}

/// <summary>
/// The sources of phones whose registration another registrar has accepted. Calls run in any lane, so each lane has a copy, which the lane
/// of the registrations keeps up to date. A source may have several bindings. Lane-owned.
/// </summary>
internal sealed class AdmittedSources
{
    private readonly Dictionary<PhoneSource, int> _bindings = [];

    public int Count => _bindings.Count;

    public bool Has(int realm, in Flow flow) => _bindings.ContainsKey(PhoneSource.Of(realm, flow));

    /// <returns>Whether the source is a new one.</returns>
    public bool Add(in PhoneSource source)
    {
        _bindings[source] = _bindings.GetValueOrDefault(source) + 1;
        return _bindings[source] == 1;
    }

    /// <returns>Whether that was its last binding.</returns>
    public bool Remove(in PhoneSource source)
    {
        if (_bindings[source] > 1)
        {
            _bindings[source]--;
            return false;
        }

        return _bindings.Remove(source);
    }
}

/// <summary>Tells another lane of a source that is new, or gone.</summary>
internal sealed class SourceChange(PhoneSource source, bool isNew) : LaneEvent
{
    public override void Run(ILaneUser user)
    {
        var admitted = ((CallLane)((SipLane)user).User).Admitted;
        _ = isNew ? admitted.Add(source) : admitted.Remove(source);
    }
}
