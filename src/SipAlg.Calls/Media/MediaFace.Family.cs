using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Media;

/// <content>
/// The address family of the ports: that of the signalling, until the far side offers to receive in the other one. A socket sends in
/// its own family only, so that a side that moves gets other ports.
/// </content>
internal sealed partial class MediaFace
{
    private bool _isOther;

    /// <summary>Ports of the other family, for an offer that is not answered yet; null while nobody moves.</summary>
    private MediaPort[]? _next;

    /// <summary>What SDP shows of it.</summary>
    public IpAddress Shown => _side.At(_isOther).Shown;

    /// <summary>The far side offers to receive here: at once as long as there is no port, else once that is answered.</summary>
    public void Follow(IpAddress offered)
    {
        StayInFamily();
        if (offered.IsNone || offered.IsV4 == _side.At(_isOther).Bind.IsV4 || _side.Other.Bind.IsNone)
        {
            return;
        }

        if (Array.TrueForAll(_ports, port => port.IsNone))
        {
            _isOther = !_isOther;
        }
        else
        {
            _next = [];
        }
    }

    /// <summary>The offer is answered: ports of the new family take the place of the old ones.</summary>
    public void Move()
    {
        if (_next is not { } next)
        {
            return;
        }

        (var old, _ports, _next, _isOther) = (_ports, next, null, !_isOther);
        for (var index = 0; index < _ports.Length; index++)
        {
            JoinStream(index);
        }

        for (var index = 0; index < old.Length; index++)
        {
            _figures.Keep(lane.Relay, index, old[index]);
            lane.Release(old[index]);
        }
    }

    /// <summary>The offer is refused, or gives way to another: what was taken for it goes back.</summary>
    public void StayInFamily()
    {
        foreach (var port in _next ?? [])
        {
            lane.Release(port);
        }

        _next = null;
    }
}
