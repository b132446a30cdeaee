using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Requests;

/// <content>Registered users as targets: their contacts are asked by preference.</content>
internal sealed partial class TargetSearch
{
    /// <summary>Questions that one search may have in its life.</summary>
    private const int KeysOfOne = 1 << 16;

    private bool TryUser(RouteTarget target, SipMessage request)
    {
        if (_lane.ContactsOf([target.Called]) is [var found])
        {
            return TryFirst(found, request);
        }

        KeepRequest(request);
        _sought = ++_searches;
        _lane.FindContacts([target.Called], _owner with { Part = _searches });
        ShareTime(target);
        return true;
    }

    /// <summary>A user's contacts are known. False: no target can be asked any more, <see cref="Status"/> says why.</summary>
    public bool TryFound(int key, FoundContacts found)
    {
        if (key != _sought)
        {
            return true;
        }

        Leave();
        return TryFirst(found, Call.Parsed(_request)) || TryNext(Status);
    }

    /// <summary>
    /// Asks the contacts that are as preferred as the one that has been asked (RFC 3261 §16.6), which this search leaves out from now on.
    /// </summary>
    /// <param name="beside">Gets the searches that have asked somebody.</param>
    public void AskBeside(List<TargetSearch> beside)
    {
        while (_hasAsked && IsOfSameUser(_target + 1) && _decision.Targets[_target + 1].Contact!.Q == _decision.Targets[_target].Contact!.Q)
        {
            var other = new TargetSearch(this, _decision with { Targets = [_decision.Targets[_target + 1]] }, KeysOfOne * (beside.Count + 1));
            _decision = _decision with { Targets = _decision.Targets.RemoveAt(_target + 1) };
            if (beside.Count + 1 < TargetQueue.MostAtOnce && other.TryAsk(Call.Parsed(_request)))
            {
                beside.Add(other);
            }
            else
            {
                other.Drop();
            }
        }
    }

    private bool IsOfSameUser(int target) =>
        target < _decision.Targets.Length && _decision.Targets[target].Contact is { } next && _decision.Targets[_target].Contact is { } current && next.User == current.User;

    /// <summary>Puts the contacts in the user's place, and asks the first.</summary>
    private bool TryFirst(in FoundContacts found, SipMessage request)
    {
        if (found.Status != 200)
        {
            return Missed(found.Status);
        }

        var user = _decision.Targets[_target];
        _decision = _decision with
        {
            Targets = _decision.Targets.RemoveAt(_target).InsertRange(_target, found.Contacts.Select(contact => user with { Contact = contact, Realm = contact.Realm })),
        };
        if (_decision.Targets.Length > 1)
        {
            KeepRequest(request);
        }

        return TryTarget(_decision.Targets[_target], request);
    }
}
