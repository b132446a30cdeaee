using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Lanes;

/// <summary>
/// The calls of one lane. It finds the call and the leg that a message or a timer concerns, refuses what belongs to none, and
/// admits new calls.
/// </summary>
public sealed partial class CallLane : ISipLaneUser
{
    /// <summary>Milliseconds that the far side of a call is known for after its last word: longer than the usual session interval.</summary>
    internal const long KnownByCall = 40 * 60_000;

    private readonly Slab<OwnerSlot> _slots = new();
    private readonly Dictionary<ulong, int> _invites = [];
    private readonly KeyedHash _hash;
    private readonly Admission.Admission _admission;

    /// <summary>What this turn is about, as far as that is known: for a fault to leave nothing behind.</summary>
    private DialogOwner? _acting;
    private SipMessage? _request;
    private TransactionId _requested;
    private Flow _requestedBy;

    private struct OwnerSlot
    {
        public DialogOwner? Owner;
    }

    /// <param name="lane">What the lane owns.</param>
    /// <param name="room">What its calls share.</param>
    public CallLane(LaneContext lane, CallRoom room)
    {
        Lane = lane;
        Room = room;
        Counters = new CallCounters(room.Model.Realms.Length, room.Model.Peers.Length);
        DialogNames = new DialogNames(this);
        NextHopNames = new NextHopTable(this);
        _hash = new KeyedHash(lane.Secrets.Next(), lane.Secrets.Next());
        Authenticator = new Authenticator(room.Model.Realms.Length, lane.Secrets);
        Gruus = new GruuMint(room.ContactKey, lane.Secrets);
        ClientRequests = new ClientRequests(this);
        Routes = new Admission.RouteFinder(this);
        Bans = new Bans.LaneBans(this, room.Bans);
        _admission = new Admission.Admission(this);
        _gate = new Overload.OverloadGate(this);
        Trunks = new Trunks.TrunkLane(this);
        ListenForSources();
    }

    internal LaneContext Lane { get; }
    public CallRoom Room { get; }
    internal TransactionLayer Transactions { get; private set; } = null!;
    internal DialogBuilder Dialogs { get; } = new();
    internal DialogNames DialogNames { get; }
    internal NextHopTable NextHopNames { get; }
    internal Admission.RouteFinder Routes { get; }

    /// <summary>Sends all requests but ACK and CANCEL.</summary>
    internal ClientRequests ClientRequests { get; }

    /// <summary>Registrations with peers, and pings.</summary>
    public Trunks.TrunkLane Trunks { get; }

    /// <summary>Who users are.</summary>
    public Authenticator Authenticator { get; }

    /// <summary>Names of single devices of users.</summary>
    internal GruuMint Gruus { get; }

    /// <summary>Room for the message being written; used up within one call.</summary>
    internal byte[] Output { get; } = new byte[SipLimits.Message];

    /// <summary>Room for the addresses of an INVITE being written.</summary>
    internal byte[] Names { get; } = new byte[SipLimits.Message];

    /// <summary>Room for a host.</summary>
    internal byte[] HostScratch { get; } = new byte[IpEndpoint.MaxTextLength];

    /// <summary>Room for a body being written.</summary>
    internal byte[] Body { get; } = new byte[SipLimits.Message];

    public CallCounters Counters { get; }

    /// <summary>Any thread.</summary>
    public Media.SecuredStreams Secured => Room.Media.Secured;


    /// <summary>Calls that have not ended on both legs.</summary>
    public int Count => Counters.Active;

    /// <summary>Calls, subscriptions and requests outside a dialog that are not over.</summary>
    public int Owners => _slots.Count;

    /// <summary>Set while the gateway takes no new calls.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Of the one lane that has all registrations.</summary>
    public Registrar? Registrar { get; private set; }

    /// <summary>Of the same lane: registrations that go to peers.</summary>
    internal RegisterRelay? Relay { get; private set; }

    /// <summary>Where those phones are; every lane knows it.</summary>
    internal AdmittedSources Admitted { get; } = new();

    public void Attach(TransactionLayer transactions)
    {
        Transactions = transactions;
        Registrar = Lane.Number == LaneNames.Registrations
            ? new Registrar(Lane, transactions, (byte)CallTimer.Binding, Room.Model.Realms.Length, Room.Bindings, Room.Time, Gruus, Room.Watch)
            : null;
        Relay = Registrar is null ? null : new RegisterRelay(this, Registrar);
        if (Registrar is { } registrar)
        {
            registrar.KeepAlives = new KeepAlives(this, registrar, CallTimer.KeepAlive);
        }
    }

    // ---- requests

    public void OnRequest(TransactionId transaction, SipMessage request, in Flow flow)
    {
        (_request, _requested, _requestedBy) = (request, transaction, flow);
        if (!Room.Model.Realms[Lane.Group(flow.Listener)].Access.Serves(request.Method))
        {
            _admission.RefuseMethod(transaction, request, flow, default);
            return;
        }

        if (request.ToTag.IsEmpty)
        {
            _admission.OnRequest(transaction, request, flow);
            return;
        }

        if (!TryLeg(request, flow, out var owner, out var end))
        {
            // RFC 3261 §12.2.2; but a dialog whose first response is still under way is not lost.
            Refuse(transaction, request, flow, request.Method != SipMethod.Bye && IsToCome(request) ? 500 : 481, RefusalReason.UnknownDialog);
            return;
        }

        Know(owner, flow);
        end.Follow(flow, request.CSeq);
        Transactions.Follow(transaction, owner.Trace, request, flow);
        if (request.Method != SipMethod.Bye && !_admission.AreExtensionsKnown(transaction, request, flow))
        {
            return;
        }

        if (!owner.Filter.TakesBody(request))
        {
            _admission.RefuseBody(transaction, request, flow);
            return;
        }

        if (request.Method == SipMethod.Options)
        {
            _admission.AnswerOptions(transaction, request, flow, owner.AllowedFrom(end));
        }
        else
        {
            owner.OnRequest(end, transaction, request, flow);
        }
    }

    /// <summary>RFC 3261 §8.2.1: a method that is not served here.</summary>
    internal void RefuseMethod(TransactionId transaction, SipMessage request, in Flow flow, MethodSet other = default) =>
        _admission.RefuseMethod(transaction, request, flow, other);

    /// <summary>RFC 3261 §8.2.3: a body in which nothing can be hidden.</summary>
    internal void RefuseBody(TransactionId transaction, SipMessage request, in Flow flow) => _admission.RefuseBody(transaction, request, flow);

    /// <summary>Whether a host is the domain of our users, whom this gateway finds.</summary>
    internal bool IsOwnDomain(ReadOnlySpan<byte> host)
    {
        foreach (var realm in Room.Model.Realms)
        {
            if (realm.Authentication is { } domain && System.Text.Ascii.EqualsIgnoreCase(host, domain.Realm))
            {
                return true;
            }
        }

        return false;
    }

    public bool IsBehindNat(SipMessage request, in Flow flow)
    {
        _ = SipUri.TryParse(request[request.RequestUri], out var uri);
        return (PeerOf(flow, uri.Host)?.IsNatAware ?? Room.Model.Realms[Lane.Group(flow.Listener)].IsNatAware) && Admission.NatSigns.AreIn(request, flow);
    }

    /// <summary>The peer that messages of this way come from, where their source or certificate alone says it.</summary>
    internal PeerState? PeerAt(in Flow flow) =>
        PeerOf(flow, default) is { } peer ? Room.Peers[peer.Index] : null;

    public void OnAck(SipMessage ack, in Flow flow)
    {
        if (TryLeg(ack, flow, out var owner, out var end))
        {
            end.Follow(flow, ack.CSeq);
            if (owner.Trace != 0)
            {
                Lane.Trace?.Received(owner.Trace, flow, ack.Octets);
            }

            DropUnwanted(owner, ack);
            owner.OnAck(end, ack);
        }
    }

    public void OnCancel(TransactionId invite, TransactionOwner owner, SipMessage cancel)
    {
        if (Find(owner.Slot, owner.Generation) is { } found)
        {
            found.OnCancel(invite, cancel);
        }
    }

    // ---- responses

    public void OnResponse(TransactionId transaction, TransactionOwner owner, SipMessage response, in Flow flow)
    {
        if (KeepAlives.IsOwner(owner))
        {
            KeepAlivesOf(owner).OnResponse(owner, response);
            return;
        }

        var found = Find(owner.Slot, owner.Generation);
        if (ClientRequests.TryMeet(transaction, owner, found, response))
        {
            return;
        }

        Know(found, flow);
        DropUnwanted(found, response);
        if (found?.OnResponse(transaction, owner.Part, response, flow) != true)
        {
            StrayAnswers.OnResponse(this, transaction, (LegPart)owner.Part, response, flow);
        }
    }

    /// <summary>Who takes part in a call is known, unless the call is one that everybody may make.</summary>
    private void Know(DialogOwner? owner, in Flow flow)
    {
        if (owner is not { IsOfStranger: true })
        {
            Lane.Know(flow, KnownByCall);
        }
    }

    /// <summary>What cannot be refused goes on without the body that its route does not let through.</summary>
    private static void DropUnwanted(DialogOwner? owner, SipMessage message)
    {
        if (owner is not null && !owner.Filter.TakesBody(message))
        {
            message.DropBody();
        }
    }

    public void OnNoResponse(TransactionId transaction, TransactionOwner owner, SipMethod method, NoResponse reason)
    {
        if (KeepAlives.IsOwner(owner))
        {
            KeepAlivesOf(owner).OnNoResponse(owner, reason);
            return;
        }

        ClientRequests.Forget(transaction);
        Find(owner.Slot, owner.Generation)?.OnNoResponse(transaction, owner.Part, reason);
    }

    private KeepAlives KeepAlivesOf(TransactionOwner owner) => KeepAlives.IsOfRelayed(owner) ? Relay!.KeepAlives : Registrar!.KeepAlives!;

    public void OnTimer(byte kind, int slot, uint generation)
    {
        if (kind == (byte)CallTimer.Binding)
        {
            Registrar!.OnExpired(slot, generation);
        }
        else if (kind == (byte)CallTimer.RelayedBinding)
        {
            Relay!.OnExpired(slot, generation);
        }
        else if (kind == (byte)CallTimer.KeepAlive)
        {
            Registrar!.KeepAlives!.OnTimer(slot, generation);
        }
        else if (kind == (byte)CallTimer.RelayedKeepAlive)
        {
            Relay!.KeepAlives.OnTimer(slot, generation);
        }
        else
        {
            Find(slot, generation)?.OnTimer((CallTimer)kind);
        }
    }

    public void OnConnectionClosed(in Flow flow)
    {
        Registrar?.OnConnectionClosed(flow.Connection);
        Trunks.OnConnectionClosed(flow.Connection);
        Relay?.OnConnectionClosed(flow.Connection);
    }

    /// <summary>Asks where a target is; <see cref="DialogOwner.OnHops"/> of who asked follows, if that still stands by then.</summary>
    /// <param name="target">What to look for.</param>
    /// <param name="realm">By which it is to be reached.</param>
    /// <param name="owner">Who asks; its part tells its questions apart.</param>
    internal void FindHops(SipTarget target, int realm, TransactionOwner owner) =>
        Room.Names!.Find(new HopSearch(this, target, Room.Model.Realms[realm].Reach, owner));

    internal void OnHops(TransactionOwner owner, SipHops hops) => Find(owner.Slot, owner.Generation)?.OnHops(owner.Part, hops);

    /// <summary>The relay has heard digits in a call's streams.</summary>
    internal void OnDigitsHeard(int slot, uint generation) => (Find(slot, generation) as Call)?.OnDigitsHeard();

    /// <summary>The relay hears once a turn of the ports that were taken and given back.</summary>
    public void EndTurn()
    {
        _acting = null;
        _request = null;
        _gate.EndTurn();
        Room.Media.Relay.Announce();
    }

    /// <summary>What the turn was about may be in any state: it is ended, and a request that has no answer yet gets one.</summary>
    public void OnFault(Exception fault)
    {
        Room.Log.LaneFault(Lane.Number, (_acting as Call)?.Record.Id, fault);
        _acting?.HangUp(CallCause.Fault);
        if (_request is not null)
        {
            Transactions.Reply(_requested, _request, _requestedBy, 500);
        }
    }

    /// <summary>RFC 3261 §12.2.2: the end whose dialog this request is in; our tag leads to it, Call-ID and their tag prove it.</summary>
    private bool TryLeg(SipMessage request, in Flow flow, out DialogOwner owner, out DialogEnd end)
    {
        owner = null!;
        end = null!;
        if (!MintedId.TryParse(request[request.ToTag], out var id) || id.Lane != Lane.Number || At(id.Slot) is not { } found ||
            found.LegWith(id.Secret, request[request.FromTag]) is not { } own)
        {
            return false;
        }

        owner = _acting = found;
        end = own;
        return request[request.CallId].SequenceEqual(own.Dialog.CallId) && IsFromFarSide(own, flow);
    }

    /// <summary>Whether our tag is that of an INVITE which waits for responses, from whose dialogs their tag may be one.</summary>
    private bool IsToCome(SipMessage request) =>
        MintedId.TryParse(request[request.ToTag], out var id) && id.Lane == Lane.Number && At(id.Slot) is Call call && call.AsksAs(id.Secret, request[request.CallId]);

    /// <summary>A dialog's requests come from where its far side is, or from another source of the same peer.</summary>
    private bool IsFromFarSide(DialogEnd end, in Flow flow)
    {
        if (Lane.Group(flow.Listener) != end.Realm || !IsSafeFor(end, flow))
        {
            return false;
        }

        return flow.Remote.Address == end.Flow.Remote.Address || flow.Remote.Address == end.Source ||
            (end.Peer is not null && MayBe(end.Peer.Peer, end.Realm, flow));
    }

    /// <summary>Where a far side reaches us: what the realm advertises, else our local address on this flow.</summary>
    internal IpEndpoint Shown(in Flow flow)
    {
        var advertised = Room.Model.Realms[Lane.Group(flow.Listener)].Advertise.For(flow.Remote.Address);
        return advertised.IsNone ? flow.Local : new IpEndpoint(advertised, flow.Local.Port);
    }
}
