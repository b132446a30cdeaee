using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Calls;

/// <content>Finding legs, and what is written for their far sides.</content>
internal sealed partial class Call
{
    /// <summary>The leg that has this secret in its tag and that tag of the far side's.</summary>
    public override Leg? LegWith(ulong secret, ReadOnlySpan<byte> remoteTag)
    {
        for (var leg = _caller; leg is not null; leg = leg.Next)
        {
            if (leg.Secret == secret)
            {
                return leg.Dialog.RemoteTag.SequenceEqual(remoteTag) ? leg : null;
            }
        }

        if (_callee is { } callee && callee.Secret == secret && callee.Dialog.RemoteTag.SequenceEqual(remoteTag))
        {
            return callee;
        }

        for (var branch = _branches; branch is not null; branch = branch.Next)
        {
            if (branch.First.Secret == secret)
            {
                return remoteTag.IsEmpty ? null : branch.With(remoteTag);
            }
        }

        var left = DepartedWith(secret);
        return left is not null && left.Dialog.RemoteTag.SequenceEqual(remoteTag) ? left : null;
    }

    /// <summary>Whether one of its legs has this secret in its tag.</summary>
    public bool HasSecret(ulong secret) => LegWhere(leg => leg.Secret == secret) is not null || DepartedWith(secret) is not null;

    /// <summary>The first of its legs, early ones too but none that has left, for which this holds.</summary>
    public Leg? LegWhere(Predicate<Leg> holds)
    {
        for (var leg = _caller; leg is not null; leg = leg.Next)
        {
            if (holds(leg))
            {
                return leg;
            }
        }

        if (_callee is { } callee && holds(callee))
        {
            return callee;
        }

        for (var branch = _branches; branch is not null; branch = branch.Next)
        {
            for (var leg = branch.First; leg is not null; leg = leg.Next)
            {
                if (holds(leg))
                {
                    return leg;
                }
            }
        }

        return null;
    }

    public override bool GoesBy(int listener) =>
        LegWhere(leg => leg.Flow.Listener == listener) is not null || _departed?.Exists(leg => leg.Flow.Listener == listener) == true;

    public override bool IsAt(IpAddress household) => LegWhere(leg => Prefixes.Household(leg.Flow.Remote.Address) == household) is not null;

    private MediaSide SideOf(Leg leg) => MediaSide.Of(_lane.Room.Model.Realms[leg.Realm], leg.Peer?.Peer, leg.Flow.Local.Address, leg.Flow.Remote.Address);

    private HeaderCrossing Crossing(Leg to) => new(HostTowards(to), _lane.DialogNames, ReaderOf(to))
    {
        Identity = IdentityTowards(to),
        Rules = to.Peer?.Peer.Headers ?? HeaderRules.None,
        Filter = Filter.Headers,
        CarriesProof = DialogEnd.IsProofBetween(to, OtherOf(to)),
        IdField = _lane.Room.Model.Calls.IdField,
    };

    private RealmAccess AccessOf(int realm) => _lane.Room.Model.Realms[realm].Access;

    /// <summary>Who is on the other side of a leg, be it paired or not.</summary>
    private Leg? OtherOf(Leg leg) => leg.Partner ?? (leg.Index == CalleeIndex ? _caller : _callee);

    private DialogReader ReaderOf(Leg leg) => new(leg.Realm, leg.Peer, leg.Flow, _lane.Shown(leg.Flow));

    /// <summary>What stands for the other side in a leg's messages: the host that its target knows addresses by; of a caller its domain as a peer, else our address.</summary>
    private ReadOnlySpan<byte> HostTowards(Leg leg)
    {
        if (leg.Branch is { } branch)
        {
            return branch.Host;
        }

        if (leg.Peer is { Peer.NextHop: not null } peer)
        {
            return peer.Host;
        }

        var length = _lane.Shown(leg.Flow).Address.FormatHost(_lane.HostScratch);
        return _lane.HostScratch.AsSpan(0, length);
    }
}
