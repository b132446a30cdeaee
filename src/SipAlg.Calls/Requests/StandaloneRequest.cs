using SipAlg.Calls.Admission;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Requests;

/// <summary>
/// A request that is answered and leaves nothing behind: MESSAGE (RFC 3428), PUBLISH (RFC 3903), a NOTIFY that nobody subscribed to,
/// whatever a route names. The phones of a user that are equally preferred all get it, and the first to take it answers for them
/// (RFC 3261 §16.6, §16.7).
/// </summary>
internal sealed partial class StandaloneRequest : DialogOwner
{
    private readonly CallLane _lane;
    private readonly TargetSearch _search;
    private readonly Sender _sender;
    private readonly Allotment _allotment;
    private readonly Flow _flow;
    private readonly ulong _key;
    private readonly int _slot;

    private StandaloneRequest(CallLane lane, TargetSearch search, in Sender sender, Allotment allotment, in Flow flow, ulong key, int slot) =>
        (_lane, _search, _sender, _allotment, _flow, _key, _slot) = (lane, search, sender, allotment, flow, key, slot);

    /// <summary>Sends a request to the first target. False: the same one is being served already (RFC 3261 §8.2.2.2).</summary>
    public static bool TryBegin(CallLane lane, TransactionId transaction, SipMessage request, in Flow flow, in Sender sender, Allotment allotment, RouteDecision decision)
    {
        if (!lane.TryReserve(request, out var slot, out var generation, out var key))
        {
            return false;
        }

        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        lane.Lane.MintId(slot).Format(tag);
        var search = new TargetSearch(lane, sender, decision, new TransactionOwner(slot, generation, 0), transaction, request, flow, tag);
        var owner = new StandaloneRequest(lane, search, sender, allotment, flow, key, slot);
        lane.Set(slot, owner);
        if (!owner.GoesOn(search.TryAsk(request)))
        {
            owner.Fail();
        }

        return true;
    }

    public override RouteFilter Filter => _search.Filter;

    /// <summary>It begins no dialog.</summary>
    public override DialogEnd? LegWith(ulong secret, ReadOnlySpan<byte> remoteTag) => null;

    public override MethodSet AllowedFrom(DialogEnd end) => default;

    public override void OnRequest(DialogEnd end, TransactionId transaction, SipMessage request, in Flow flow) => _lane.Transactions.Reply(transaction, request, flow, 481);

    public override bool OnResponse(TransactionId transaction, int part, SipMessage response, in Flow flow)
    {
        // RFC 4320 §4.1: no provisional answer is passed on.
        if (SearchOf(transaction) is { } search && response.Status >= 200)
        {
            OnFinal(search, response);
        }

        return true;
    }

    private void OnFinal(TargetSearch search, SipMessage response)
    {
        var status = search.StatusFor(response.Status);
        if (response.Status is < 300 or >= 600)
        {
            Answer(search, response, status);
        }
        else if (search.TryNextPlace(status, response.Status))
        {
            // The same phone, by another way.
        }
        else if (IsForked)
        {
            FailOne(search, status, search.LeadsOn(response.Status));
        }
        else if (!search.LeadsOn(response.Status) || !GoesOn(search.TryNext(status, response.Status)))
        {
            Answer(search, response, status);
        }
    }

    public override bool TryRenew(in RenewedRequest renewed)
    {
        var isOurs = _search.TryRenew(renewed);
        foreach (var search in _beside)
        {
            isOurs |= search.TryRenew(renewed);
        }

        return isOurs;
    }

    private void Answer(TargetSearch search, SipMessage response, int status)
    {
        var peer = new DialogReader(_sender.Realm, _sender.Peer, _flow, _lane.Shown(_flow));
        var crossing = new HeaderCrossing(EventMessages.HostTowards(_lane, _sender.Peer, _flow), _lane.DialogNames, peer)
        {
            Identity = IdentityCrossing.Of(search.End is { IsTrusted: true }, _sender.IsTrusted),
            Rules = _sender.Headers,
            Filter = Filter.Headers,
            CarriesProof = _search.End is { TakesProof: true },
        };
        var writer = new MessageWriter(_lane.Output);
        EventMessages.BeginAnswer(ref writer, _search.ResponseFields, response, status, crossing);
        LegMessages.Finish(ref writer, response.First(HeaderId.ContentType), status == response.Status ? BodyCrossing.Opaque(_lane, response) : default);
        if (writer.Overflowed)
        {
            _search.Refuse(513, default);
        }
        else
        {
            _search.Respond(status, writer.Written);
        }

        End();
    }

    public override void OnNoResponse(TransactionId transaction, int part, NoResponse reason)
    {
        if (SearchOf(transaction) is { } search)
        {
            GoOn(search, reason == NoResponse.TimedOut ? 504 : 503);
        }
    }

    public override void OnTimer(CallTimer timer)
    {
        foreach (var search in (TargetSearch[])[_search, .. _beside])
        {
            if (!_isOver && search.IsDue)
            {
                GoOn(search, 504);
            }
        }
    }

    public override void OnHops(int key, SipHops hops)
    {
        foreach (var search in (TargetSearch[])[_search, .. _beside])
        {
            if (!_isOver && !search.TryFound(key, hops))
            {
                Missed(search);
            }
        }

        if (!_isOver)
        {
            _search.AskBeside(_beside);
        }
    }

    public override void OnContacts(int key, FoundContacts[] found)
    {
        if (!GoesOn(_search.TryFound(key, found[0])))
        {
            Fail();
        }
    }

    /// <summary>Whom a search asks has not answered.</summary>
    private void GoOn(TargetSearch search, int status)
    {
        if (search.TryNextPlace(status, 0))
        {
            return;
        }

        if (IsForked)
        {
            FailOne(search, status, leadsOn: true);
        }
        else if (!GoesOn(_search.TryNext(status)))
        {
            Fail();
        }
    }

    /// <summary>There is nobody left whom a search could ask.</summary>
    private void Missed(TargetSearch search)
    {
        if (IsForked)
        {
            FailOne(search, search.Status, leadsOn: search != _search);
        }
        else
        {
            Fail();
        }
    }

    private void Fail()
    {
        _search.Refuse(_search.Status, default);
        End();
    }

    public override void HangUp(CallCause cause)
    {
        _search.Refuse(cause == CallCause.Fault ? 500 : 503, default);
        End();
    }

    private void End()
    {
        _isOver = true;
        _search.Drop();
        _beside.ForEach(search => search.Drop());
        _allotment.Give();
        _lane.ForgetInvite(_key);
        _lane.Remove(_slot);
    }
}
