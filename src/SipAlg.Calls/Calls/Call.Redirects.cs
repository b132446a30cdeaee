using System.Text;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <content>Redirections (RFC 3261 §8.1.3.4, §8.3): followed through the dialplan, or passed on to the caller.</content>
internal sealed partial class Call
{
    /// <summary>What the dialplan says to the contacts takes the place of the target. Where others still ring it rings with them.</summary>
    private void OnRedirect(Branch branch, SipMessage response)
    {
        var invite = Parsed(_invite);
        var contacts = Route(branch, response, invite, out var cause);
        EndBranch(branch, contacts.Count > 0 ? AttemptOutcome.Redirected : AttemptOutcome.Refused);
        if (contacts.Count == 0)
        {
            NoteFailure(branch, response.Status, cause, alwaysLeadsOn: false);
            GoOn();
            return;
        }

        _targets.Follow(contacts);
        if (IsIdle)
        {
            TryTargets(invite);
        }
        else
        {
            TryContacts(invite);
        }
    }

    /// <summary>Asks the dialplan about each contact, with the rights of the target that named it.</summary>
    /// <param name="cause">Why there is none, if there is none.</param>
    private List<TargetList> Route(Branch branch, SipMessage response, SipMessage invite, out CallCause cause)
    {
        var rights = new RouteRights(branch.Target.Realm, branch.Peer?.Peer, branch.Asked, branch.Target.Contact?.User);
        var caller = Encoding.UTF8.GetBytes(_record.Caller);
        var lists = new List<TargetList>();
        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        cause = CallCause.RedirectUnroutable;
        foreach (var contact in RedirectContacts.Of(response))
        {
            _ = SipUri.TryParse(contact, out var uri);
            if (branch.List.Hops >= TargetQueue.MostHops || !_targets.TryFollow(rights, uri))
            {
                cause = CallCause.RedirectLoop;
            }
            else if (_lane.Routes.Find(rights, contact, caller, invite) is { Rejection: null } decision)
            {
                // Who redirects pays: else a phone that forwards would make expensive calls for nothing.
                if (!TryCharge(rights, called[..uri.CopyUser(called)], decision, out var charge))
                {
                    cause = CallCause.AccountLimit;
                    continue;
                }

                var list = new TargetList(Forced(decision, _caller, _record)) { Uri = contact, Hops = branch.List.Hops + 1, Breadth = branch.Breadth, From = branch.List };
                Charge(charge, list);
                lists.Add(list);
            }
        }

        return lists;
    }

    /// <summary>A user calls by his own number wherever the call goes.</summary>
    private static RouteDecision Forced(RouteDecision decision, Leg caller, CallRecord record) =>
        IsForced(caller) ? decision with { Caller = decision.Caller ?? record.Caller, IsCallerProven = true } : decision;

    /// <summary>The contacts of a 3xx for the caller: whoever follows one of them comes to us.</summary>
    private void WriteContacts(ref MessageWriter writer, SipMessage response)
    {
        var shown = _lane.Shown(_caller.Flow);
        for (var index = response.TryFirst(HeaderId.Contact, out var first) ? first : -1; index >= 0; index = response.Next(index))
        {
            foreach (var value in new ValueList(response[response.Fields[index].Value]))
            {
                if (NameAddress.TryParse(value, out var address) && SipUri.TryParse(address.Uri, out var uri) && RedirectContacts.IsUsable(uri))
                {
                    WriteContact(ref writer, uri, shown);
                    RedirectContacts.WritePreference(ref writer, address.Parameters);
                    writer.EndLine();
                }
            }
        }
    }

    private void WriteContact(ref MessageWriter writer, in SipUri uri, Protocol.Addresses.IpEndpoint shown)
    {
        writer.Write("Contact: <"u8);
        if (uri.IsSip)
        {
            writer.Write(_isSips ? "sips:"u8 : "sip:"u8);
            writer.Write(uri.User);
            writer.Write((byte)'@');
            writer.Write(shown);
            UriWriter.WriteTransport(ref writer, _isSips ? default : _caller.Flow.Transport);
            UriWriter.WriteParameters(ref writer, uri.Parameters, leadsHere: true);
        }
        else
        {
            writer.Write(uri.Text);
        }

        writer.Write((byte)'>');
    }
}
