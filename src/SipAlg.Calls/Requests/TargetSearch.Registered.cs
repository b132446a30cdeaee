using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Requests;

/// <content>Registered users as targets: their contacts are asked one after another.</content>
internal sealed partial class TargetSearch
{
    private bool TryUser(RouteTarget target, SipMessage request)
    {
        if (_lane.ContactsOf([target.Sought]) is [var found])
        {
            return TryFirst(found, request);
        }

        KeepRequest(request);
        _sought = ++_searches;
        _lane.FindContacts([target.Sought], _owner with { Part = _searches });
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
